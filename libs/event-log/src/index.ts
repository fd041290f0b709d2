export { canonicalJson } from './canonical-json';
export { elementOf } from './element';
export * from './errors';
export * from './event-log';
export { type Entry, type Envelope, LogReader, type LogReadOptions, openReader } from './sqlite/log-reader';
export type { Genesis } from './sqlite/schema';
export { type ConsumerAppend, ConsumerStreams } from './sqlite/consumer-streams';
export { type SystemEntry, SystemStream, type SystemStreamName } from './sqlite/system-stream';
export { openSqliteLog, SqliteEventLog, type SqliteLogOptions } from './sqlite/sqlite-event-log';
