export { canonicalJson } from './canonical-json';
export { elementOf } from './element';
export * from './errors';
export { EventStoreLog, type EventStoreLogOptions, openEventStoreLog } from './eventstoredb/eventstore-log';
export * from './event-log';
export { type Envelope, LogReader, type LogReadOptions, openReader } from './sqlite/log-reader';
export type { Genesis } from './sqlite/schema';
export { openSqliteLog, SqliteEventLog, type SqliteLogOptions } from './sqlite/sqlite-event-log';
