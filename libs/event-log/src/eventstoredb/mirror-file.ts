import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AppendedEvent, Position, Revision } from '../event-log';
import { INSERT_EVENT } from '../sqlite/schema';
import { SYSTEM_STREAMS, type SystemStreamName, systemTable, tableOf } from '../sqlite/system-stream';
import { StreamColumns, StreamQueries } from '../sqlite/stream-columns';
import { openEnvelope, OpenedEvent } from './open-envelope';
import type { RecordedEvent, RecordPosition } from './record-client';
import { isSystemStream, systemEntry } from './system-entry';

/** Where a mirror stands in the record. */
export interface Checkpoint extends RecordPosition {
  readonly id: string;
}

/** What a mirror tells of an event that was appended. */
interface Stored {
  readonly revision: Revision;
  readonly position: Position;
  /** Milliseconds since the epoch. */
  readonly recordedAt: number;
  readonly seal: Uint8Array;
}

const END = `select position, coalesce(known_at, recorded_at) as known_at
  from event left join recorded_early using (position) order by position desc limit 1`;

/** Writes what came from the record, in the tables that the embedded log is read from. */
export class MirrorFile implements Disposable {
  private readonly queries: StreamQueries;
  private readonly insertEvent: StatementSync;
  private readonly selectStored: StatementSync;
  private readonly moveCheckpoint: StatementSync;
  private readonly streams = new Map<string, StreamColumns>();
  private readonly keys = new Map<string, number>();
  private nextPosition: Position = 0;
  /** The latest recorded time so far, milliseconds: a running maximum over positions. */
  knownAt = 0;
  checkpoint: Checkpoint | undefined;

  constructor(private readonly db: DatabaseSync) {
    for (const name of SYSTEM_STREAMS) systemTable(db, name);
    this.queries = new StreamQueries(db);
    this.insertEvent = db.prepare(INSERT_EVENT);
    this.selectStored = db.prepare(
      'select revision, position, recorded_at as recordedAt, seal from event where stream = ? and revision > ? and revision <= ? order by revision',
    );
    this.moveCheckpoint = db.prepare(
      'insert or replace into mirror_checkpoint (rowid, id, commit_position, prepare_position) values (1, ?, ?, ?)',
    );
    this.findEnd();
    const row = db.prepare('select id, commit_position, prepare_position from mirror_checkpoint').get();
    this.checkpoint = row && {
      id: row['id'] as string,
      commit: BigInt(row['commit_position'] as string),
      prepare: BigInt(row['prepare_position'] as string),
    };
  }

  get head(): Position {
    return this.nextPosition - 1;
  }

  /** Everything the mirror holds of a stream, as decisions need it. */
  stream(name: string): StreamColumns {
    let stream = this.streams.get(name);
    if (stream === undefined) {
      if (this.streams.size >= 10_000) this.streams.clear();
      this.streams.set(name, (stream = StreamColumns.load(this.queries, name)));
    }
    return stream;
  }

  /** The last revision that the mirror holds of a stream, of the log's own as well; -1 where it has none. */
  headOf(name: string): Revision {
    if (!isSystemStream(name)) return this.stream(name).head;
    return (this.db.prepare(`select max(revision) as head from ${tableOf(name)}`).get()!['head'] as number) ?? -1;
  }

  /** What the append that stored this event answered; undefined where the mirror does not hold it. */
  find(stream: string, id: string): AppendedEvent | undefined {
    const columns = this.stream(stream);
    return columns.find(id) && columns.original(id);
  }

  /** The stored events of a stream after one revision up to another, in order, as far as the mirror holds them. */
  storedBetween(stream: string, after: Revision, last: Revision): Stored[] {
    const { key } = this.stream(stream);
    return key === undefined ? [] : (this.selectStored.all(key, after, last) as unknown as Stored[]);
  }

  /**
   * The events and the place of the last one, in one transaction: after a crash nothing is missing and nothing twice.
   */
  write(events: readonly RecordedEvent[]): void {
    const last = events.at(-1);
    if (last === undefined) return;
    this.db.exec('begin immediate');
    try {
      for (const event of events) {
        if (isSystemStream(event.stream)) this.storeEntry(event.stream, event);
        else this.store(openEnvelope(event));
      }
      const { commit, prepare } = last.position;
      this.moveCheckpoint.run(last.id, commit.toString(), prepare.toString());
      this.db.exec('commit');
      this.checkpoint = { id: last.id, commit, prepare };
    } catch (error) {
      if (this.db.isTransaction) this.db.exec('rollback');
      // What is remembered may be of rows that are not there: the same events come again, and others may have their
      // keys.
      this.streams.clear();
      this.keys.clear();
      this.findEnd();
      throw error;
    }
  }

  close(): void {
    this.db.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private findEnd(): void {
    const end = this.db.prepare(END).get();
    this.nextPosition = end === undefined ? 0 : (end['position'] as number) + 1;
    this.knownAt = (end?.['known_at'] as number | undefined) ?? 0;
  }

  private store({ facts, recordedAt, body, seal, target, marks, contentType }: OpenedEvent): void {
    const { id, type, marking, schemaVersion, contentSchemaVersion, correlationId, causationId, revision } = facts;
    const stream = this.stream(facts.stream);
    const position = this.nextPosition++;
    this.insertEvent.run(
      position,
      (stream.key ??= this.keyOf('stream', ['name'], [facts.stream])),
      revision,
      id,
      type,
      marking,
      recordedAt,
      schemaVersion,
      contentSchemaVersion ?? null,
      contentType ?? null,
      this.recorder(facts),
      correlationId === id ? null : correlationId,
      causationId ?? null,
      target ?? null,
      marks ?? null,
      seal,
      body,
    );
    stream.accepted(id, target);
    // Instances have clocks of their own: an event was known at the latest time so far.
    if (recordedAt < this.knownAt)
      this.db.prepare('insert into recorded_early values (?, ?)').run(position, this.knownAt);
    else this.knownAt = recordedAt;
  }

  private storeEntry(name: SystemStreamName, event: RecordedEvent): void {
    const { revision, recordedAt, entry } = systemEntry(event);
    this.db.prepare(`insert into ${tableOf(name)} values (?, ?, ?)`).run(revision, recordedAt, JSON.stringify(entry));
  }

  private recorder({ recordedBy: { principal, instance, build } }: OpenedEvent['facts']): number {
    return this.keyOf('recorder', ['principal', 'instance', 'build'], [principal, instance, build]);
  }

  private keyOf(table: 'stream' | 'recorder', columns: readonly string[], values: readonly string[]): number {
    const name = JSON.stringify([table, ...values]);
    const known = this.keys.get(name);
    if (known !== undefined) return known;
    const marks = columns.map(() => '?').join(', ');
    this.db.prepare(`insert or ignore into ${table} (${columns.join(', ')}) values (${marks})`).run(...values);
    const where = columns.map((column) => `${column} = ?`).join(' and ');
    const key = this.db.prepare(`select id from ${table} where ${where}`).get(...values)!['id'] as number;
    if (this.keys.size >= 10_000) this.keys.clear();
    this.keys.set(name, key);
    return key;
  }
}
