import type { EventStoreLog } from './eventstoredb/eventstore-log';
import type { RecordOptions } from './eventstoredb/record-client';
import type { RecordHeads } from './eventstoredb/record-heads';
import type { LogReader } from './sqlite/log-reader';
import { openSqliteLog, type SqliteEventLog, type SqliteLogOptions } from './sqlite/sqlite-event-log';

export type RecordLog = SqliteEventLog | EventStoreLog;

/** The record in EventStoreDB where one is named, else the one embedded in the data folder. */
export const openRecord = (options: SqliteLogOptions, record: RecordOptions | undefined): Promise<RecordLog> =>
  record === undefined ? openSqliteLog(options) : eventStoreDb().openEventStoreLog({ ...options, ...record });

/** The stream of heads in EventStoreDB, read from the mirror that the reader is of. */
export function openRecordHeads(mirror: LogReader, record: RecordOptions): RecordHeads {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { RecordHeads } = require('./eventstoredb/record-heads') as typeof import('./eventstoredb/record-heads.js');
  return new RecordHeads(mirror, record);
}

/** Loaded only when needed: the client takes long to load. */
// eslint-disable-next-line @typescript-eslint/no-require-imports
const eventStoreDb = () => require('./eventstoredb') as typeof import('./eventstoredb/index.js');
