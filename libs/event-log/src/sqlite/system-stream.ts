import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Revision } from '../event-log';
import { WrongRecord } from '../errors';
import { assertDurable, isMirror, LOG_FILE, openBeside, openForReading } from './schema';

/** Streams of the record that hold no events of a crisis and have no place in the dense order. */
export const SYSTEM_STREAMS = ['crisislog-principals', 'crisislog-heads'] as const;
export type SystemStreamName = (typeof SYSTEM_STREAMS)[number];

export interface SystemEntry {
  readonly revision: Revision;
  /** Milliseconds since the epoch. */
  readonly recordedAt: number;
  /** As it was appended. */
  readonly entry: unknown;
}

/** The table of a system stream, made where it is missing: revision, recorded_at, entry. */
export function systemTable(db: DatabaseSync, name: SystemStreamName): string {
  const table = tableOf(name);
  db.exec(`create table if not exists ${table} (
    revision integer primary key, recorded_at integer not null, entry text not null
  ) strict`);
  return table;
}

/**
 * A stream beside the dense order; embedded, a table in the log's file. It has a connection of its own and may be
 * appended to while the log's owner runs, by whoever has the data folder: what is committed is seen by the next read. A
 * mirror of EventStoreDB holds it likewise, and only its owner writes.
 */
export class SystemStream implements Disposable {
  private readonly insert: StatementSync;
  private readonly after: StatementSync;

  private constructor(
    private readonly db: DatabaseSync,
    private readonly file: string,
    name: SystemStreamName,
  ) {
    const table = systemTable(db, name);
    this.insert = db.prepare(`insert into ${table}
      select coalesce(max(revision), -1) + 1, ?, ? from ${table} having coalesce(max(revision), -1) = ?`);
    this.after = db.prepare(`select revision, recorded_at, entry from ${table} where revision > ? order by revision`);
  }

  /** Whether nothing has been appended, also where there is no log. Makes nothing. */
  static isEmpty(dataDir: string, name: SystemStreamName): boolean {
    const file = join(dataDir, LOG_FILE);
    if (!existsSync(file)) return true;
    using db = openForReading(file);
    const table = db.prepare(`select 1 from sqlite_schema where type = 'table' and name = ?`).get(tableOf(name));
    return table === undefined || db.prepare(`select 1 from ${tableOf(name)}`).get() === undefined;
  }

  /** Makes the stream where it is missing. The log itself must be there: throws LogDamaged where it is not. */
  static open(dataDir: string, name: SystemStreamName): SystemStream {
    const file = join(dataDir, LOG_FILE);
    const db = openBeside(file);
    try {
      return new SystemStream(db, file, name);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /**
   * Durable when it returns true; false when the stream's last revision is not `last` (-1: empty). Throws WrongRecord
   * on a mirror: there only what is in the record counts.
   */
  append(entry: object, last: Revision, now: number): boolean {
    if (isMirror(this.db)) throw new WrongRecord({ file: this.file, reason: 'it is a mirror: append to EventStoreDB' });
    const { changes } = this.insert.run(now, JSON.stringify(entry), last);
    assertDurable(this.db, this.file);
    return changes === 1;
  }

  /** The entries after a revision (-1: all), in order. */
  readAfter(revision: Revision): SystemEntry[] {
    return this.after.all(revision).map((row) => ({
      revision: row['revision'] as number,
      recordedAt: row['recorded_at'] as number,
      entry: JSON.parse(row['entry'] as string) as unknown,
    }));
  }

  close(): void {
    this.db.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

export const tableOf = (name: SystemStreamName): string => name.replaceAll('-', '_');
