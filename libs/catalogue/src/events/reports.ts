/** The families of reports: what may be corrected, retracted and marked anew. */
export * from './force';
export * from './diplomacy';
export * from './statements';
