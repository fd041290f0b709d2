import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { ENTRIES_KEPT } from '../consumer-record';
import type { SystemEntry } from './system-stream';
import type { WireEntries } from './wire';

const TABLE = `create table if not exists crisislog_consumer (
  stream text not null, revision integer not null, recorded_at integer not null, entry text not null,
  primary key (stream, revision)
) strict, without rowid`;

/** The writer's side of the streams `crisislog-consumer-…`: one table in the log's file, made where it is missing. */
export class ConsumerTable {
  private readonly insert: StatementSync;
  private readonly forget: StatementSync;
  private readonly head: StatementSync;

  constructor(db: DatabaseSync) {
    db.exec(TABLE);
    this.insert = db.prepare('insert into crisislog_consumer values (?, ?, ?, ?)');
    this.forget = db.prepare('delete from crisislog_consumer where stream = ? and revision <= ?');
    this.head = db.prepare('select max(revision) as last from crisislog_consumer where stream = ?');
  }

  /** Each stream with what is left of it, in order. */
  static readAll(db: DatabaseSync): ReadonlyMap<string, readonly SystemEntry[]> {
    const isThere = db.prepare("select 1 from sqlite_schema where name = 'crisislog_consumer'").get() !== undefined;
    const rows = isThere ? db.prepare('select * from crisislog_consumer order by stream, revision').all() : [];
    const entries = rows.map((row) => ({
      stream: row['stream'] as string,
      revision: row['revision'] as number,
      recordedAt: row['recorded_at'] as number,
      entry: JSON.parse(row['entry'] as string) as unknown,
    }));
    return Map.groupBy(entries, ({ stream }) => stream);
  }

  /** These streams, and no others, in one transaction. */
  static replaceAll(db: DatabaseSync, streams: ReadonlyMap<string, readonly SystemEntry[]>): void {
    db.exec('begin immediate');
    const { insert } = new ConsumerTable(db);
    db.exec('delete from crisislog_consumer');
    for (const [stream, entries] of streams)
      for (const { revision, recordedAt, entry } of entries)
        insert.run(stream, revision, recordedAt, JSON.stringify(entry));
    db.exec('commit');
  }

  /** In the caller's transaction. False when the stream does not end where it was said to. */
  append({ stream, last, texts }: WireEntries, recordedAt: number): boolean {
    if (((this.head.get(stream)!['last'] as number | null) ?? -1) !== last) return false;
    texts.forEach((text, i) => this.insert.run(stream, last + 1 + i, recordedAt, text));
    this.forget.run(stream, last + texts.length - ENTRIES_KEPT);
    return true;
  }
}
