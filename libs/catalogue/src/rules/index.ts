export * from './presence';
export * from './rule';
export * from './text';
export * from './times';
export * from './numbers';
export * from './structure';
export * from './cameo-code';
