export { canonicalJson } from './canonical-json';
export { elementOf } from './element';
export * from './errors';
export * from './event-log';
export {
  type Entry,
  type Envelope,
  LogReader,
  type LogReadOptions,
  openReader,
  parsedEnvelope,
} from './sqlite/log-reader';
export { recomputedLeaf } from './sqlite/recomputed-leaf';
export type { Genesis } from './sqlite/schema';
export { type SystemEntry, SystemStream, type SystemStreamName } from './sqlite/system-stream';
export { openSqliteLog, SqliteEventLog, type SqliteLogOptions } from './sqlite/sqlite-event-log';
