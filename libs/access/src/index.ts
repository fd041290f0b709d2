export { readKey } from './api-key';
export { BASE_LEVELS, type BaseLevel, KeyBook, type KeyGrant, type KeyRecord } from './key-book';
export { isScope, ROLES, type Scope, SCOPES } from './scopes';
