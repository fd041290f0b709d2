/** Every family: the table of contents of the catalogue. */
export * from './crisis';
export * from './reports';
export * from './amendments';
