import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Revision } from '../event-log';
import { assertDurable, LOG_FILE, openBeside } from './schema';
import type { SystemEntry } from './system-stream';

/** `$maxCount`: older entries are forgotten. Whoever appends puts a full state among them more often than that. */
const MAX_COUNT = 128;

const TABLE = `create table if not exists crisislog_consumer (
  stream text not null, revision integer not null, recorded_at integer not null, entry text not null,
  primary key (stream, revision)
) strict, without rowid`;

/** Entries for the end of a stream, all or none. */
export interface ConsumerAppend {
  readonly stream: string;
  readonly entries: readonly object[];
  /** Revision of the last entry that is known; -1: none. */
  readonly last: Revision;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The streams `crisislog-consumer-…`, beside the dense order; embedded, one table in the log's file, with a connection
 * of its own. A transaction waits for the log's writer, and the writer for it: not for a thread that others wait for.
 */
export class ConsumerStreams {
  private readonly insert: StatementSync;
  private readonly forget: StatementSync;
  private readonly head: StatementSync;
  private readonly after: StatementSync;

  private constructor(
    private readonly db: DatabaseSync,
    private readonly file: string,
  ) {
    db.exec(TABLE);
    this.insert = db.prepare('insert into crisislog_consumer values (?, ?, ?, ?)');
    this.forget = db.prepare('delete from crisislog_consumer where stream = ? and revision <= ?');
    this.head = db.prepare('select max(revision) as last from crisislog_consumer where stream = ?');
    this.after = db.prepare(
      'select revision, recorded_at, entry from crisislog_consumer where stream = ? and revision > ? order by revision',
    );
  }

  /** The log itself must be there: throws LogDamaged where it is not. */
  static open(dataDir: string): ConsumerStreams {
    const file = join(dataDir, LOG_FILE);
    const db = openBeside(file);
    try {
      return new ConsumerStreams(db, file);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** All in one transaction, durable when it returns; for each whether its stream ended where it was said to. */
  append(appends: readonly ConsumerAppend[]): boolean[] {
    this.db.exec('begin immediate');
    try {
      const done = appends.map((append) => this.appendOne(append));
      this.db.exec('commit');
      assertDurable(this.db, this.file);
      return done;
    } catch (error) {
      if (this.db.isTransaction) this.db.exec('rollback');
      throw error;
    }
  }

  /** What is left of a stream after a revision (-1: all), in order. */
  readAfter(stream: string, revision: Revision): SystemEntry[] {
    return this.after.all(stream, revision).map((row) => ({
      revision: row['revision'] as number,
      recordedAt: row['recorded_at'] as number,
      entry: JSON.parse(row['entry'] as string) as unknown,
    }));
  }

  close(): void {
    this.db.close();
  }

  private appendOne({ stream, entries, last, now }: ConsumerAppend): boolean {
    if (((this.head.get(stream)!['last'] as number | null) ?? -1) !== last) return false;
    entries.forEach((entry, i) => this.insert.run(stream, last + 1 + i, now, JSON.stringify(entry)));
    this.forget.run(stream, last + entries.length - MAX_COUNT);
    return true;
  }
}
