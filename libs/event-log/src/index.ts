export { canonicalJson } from './canonical-json';
export { elementOf } from './element';
export * from './errors';
export * from './event-log';
export { Envelope, LogReader, LogReadOptions, openReader } from './sqlite/log-reader';
export { Genesis } from './sqlite/schema';
export { openSqliteLog, SqliteEventLog, SqliteLogOptions } from './sqlite/sqlite-event-log';
