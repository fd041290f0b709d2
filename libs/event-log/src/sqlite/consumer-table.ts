import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { ENTRIES_KEPT } from '../consumer-record';
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

  /** In the caller's transaction. False when the stream does not end where it was said to. */
  append({ stream, last, texts }: WireEntries, recordedAt: number): boolean {
    if (((this.head.get(stream)!['last'] as number | null) ?? -1) !== last) return false;
    texts.forEach((text, i) => this.insert.run(stream, last + 1 + i, recordedAt, text));
    this.forget.run(stream, last + texts.length - ENTRIES_KEPT);
    return true;
  }
}
