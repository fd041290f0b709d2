export { readKey } from './api-key';
export { BASE_LEVELS, type BaseLevel, KeyBook, type KeyGrant, type KeyRecord } from './key-book';
export { BrokenChain, CHAIN_START, type ChainEnd, chainEnd, chainLine, checkChain } from './line-chain';
export { isScope, ROLES, type Scope, SCOPES } from './scopes';
