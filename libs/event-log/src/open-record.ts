import type { EventStoreLog } from './eventstoredb/eventstore-log';
import type { RecordOptions } from './eventstoredb/record-client';
import { openSqliteLog, type SqliteEventLog, type SqliteLogOptions } from './sqlite/sqlite-event-log';

export type RecordLog = SqliteEventLog | EventStoreLog;

/** The record in EventStoreDB where one is named, else the one embedded in the data folder. */
export const openRecord = (options: SqliteLogOptions, record: RecordOptions | undefined): Promise<RecordLog> =>
  record === undefined ? openSqliteLog(options) : eventStoreDb().openEventStoreLog({ ...options, ...record });

/** Loaded where it is needed, and nowhere else. */
// eslint-disable-next-line @typescript-eslint/no-require-imports
const eventStoreDb = () => require('./eventstoredb') as typeof import('./eventstoredb/index.js');
