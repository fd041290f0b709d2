import { type EventStoreLog, openEventStoreLog } from './eventstoredb/eventstore-log';
import type { RecordOptions } from './eventstoredb/record-client';
import { openSqliteLog, type SqliteEventLog, type SqliteLogOptions } from './sqlite/sqlite-event-log';

export type RecordLog = SqliteEventLog | EventStoreLog;

/** The record in EventStoreDB where one is named, else the one embedded in the data folder. */
export const openRecord = (options: SqliteLogOptions, record: RecordOptions | undefined): Promise<RecordLog> =>
  record === undefined ? openSqliteLog(options) : openEventStoreLog({ ...options, ...record });
