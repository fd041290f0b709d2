import { dirname, join } from 'node:path';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { LogClosed } from '../errors';
import { type HeadEntry, noteIn } from '../head-record';
import type { Position, ReadOptions, RecordedBy, Revision, StoredEvent } from '../event-log';
import { type Entry, type Envelope, envelopeOf } from './entry';
import { COLUMNS, ENTRY_COLUMNS, type EntryRow, type Row } from './event-row';
import { Genesis, LOG_FILE, openForReading } from './schema';
import { tableOf } from './system-stream';
import { dashed } from './uuid';

export interface LogReadOptions extends ReadOptions {
  /** Only events of these types. */
  readonly types?: readonly string[];
  /** Only events of these streams. */
  readonly streams?: readonly string[];
}

/** Rows come by the page: `.all()` beats `.iterate()`, and no read transaction outlives a call. */
const PAGE_SIZE = 500;
const NAMES_REMEMBERED = 10_000;
const HEADS = tableOf('crisislog-heads');

/** When an event was known: in an embedded log when it was recorded; with several instances, the latest time so far. */
const KNOWN_AT = 'select recorded_at from event where position = ?';
const KNOWN_AT_IN_MIRROR = `select coalesce((select known_at from recorded_early where position = ?1), recorded_at)
  from event where position = ?1`;

/**
 * Reads the log, synchronously, on a connection of its own: each thread opens its own. Sees an event as soon as its
 * append has resolved. A read ends at the head it found when it began.
 */
export class LogReader implements Disposable {
  private readonly statements = new Map<string, StatementSync>();
  private readonly streams = new Map<number, string>();
  private readonly recorders = new Map<number, RecordedBy>();
  private isOfMirror: boolean | undefined;
  private isOfSeveralClocks: boolean | undefined;

  constructor(private readonly db: DatabaseSync) {}

  /** The data folder, by which other threads open the log. */
  get dataDir(): string {
    return dirname(this.db.location()!);
  }

  genesis(): Genesis {
    const row = this.db.prepare('select log_id, prefix, format, origin, created from crisislog_genesis').get()!;
    const { log_id: logId, prefix, format, origin, created } = row;
    return { logId, prefix, format, origin, created } as unknown as Genesis;
  }

  /** Position of the last event, -1 where there is none. */
  head(): Position {
    return this.value('select max(position) from event') ?? -1;
  }

  /** Revision of the stream's last event, -1 where there is no stream. */
  streamHead(stream: string): Revision {
    const sql = 'select max(revision) from event where stream = (select id from stream where name = ?)';
    return this.value(sql, stream) ?? -1;
  }

  /** The stream's last revision at or before a position; -1 where it had none. Positions rise along revisions. */
  revisionAt(stream: string, position: Position): Revision {
    const sql = 'select position from event where stream = (select id from stream where name = ?) and revision = ?';
    const isKnown = (revision: Revision) => this.value<number>(sql, stream, revision)! <= position;
    const head = this.streamHead(stream);
    return head >= 0 && isKnown(head) ? head : lastOf(head, isKnown);
  }

  readAll(options: LogReadOptions = {}): Iterable<StoredEvent> {
    return this.read('position', '', [], options, this.head());
  }

  readStream(stream: string, options: LogReadOptions = {}): Iterable<StoredEvent> {
    const key = this.value<number>('select id from stream where name = ?', stream);
    if (key === undefined) return [];
    return this.read('revision', 'stream = ? and', [key], options, this.streamHead(stream));
  }

  find(stream: string, id: string): StoredEvent | undefined {
    const key = 'select id from stream where name = ?';
    const sql = `select ${COLUMNS} from event where stream = (${key}) and id = unhex(?, '-')`;
    return this.rows(sql, stream, id).map((row) => this.event(row))[0];
  }

  /** The events of the stream that target this one, oldest first. */
  amendmentsOf(stream: string, id: string): StoredEvent[] {
    const key = 'select id from stream where name = ?';
    const sql = `select ${COLUMNS} from event where stream = (${key}) and target = unhex(?, '-') order by revision`;
    return this.rows(sql, stream, id).map((row) => this.event(row));
  }

  at(position: Position): StoredEvent | undefined {
    return this.rows(`select ${COLUMNS} from event where position = ?`, position).map((row) => this.event(row))[0];
  }

  /** The last position recorded at this time (milliseconds) or before; -1 where all came later. */
  positionKnownAt(timeMs: number): Position {
    // What is known never becomes less along positions, and positions have no gaps.
    const sql = this.timeMayFall() ? KNOWN_AT_IN_MIRROR : KNOWN_AT;
    return lastOf(this.head() + 1, (position) => this.value<number>(sql, position)! <= timeMs);
  }

  /** A mirror of EventStoreDB, not the record itself. */
  isMirror(): boolean {
    return (this.isOfMirror ??= this.value("select 1 from sqlite_schema where name = 'mirror_checkpoint'") === 1);
  }

  /** Several instances recorded it, each by its own clock: it is a mirror, or was one before it became the record. */
  timeMayFall(): boolean {
    return (this.isOfSeveralClocks ??= this.value("select 1 from sqlite_schema where name = 'recorded_early'") === 1);
  }

  /** The stored format, rebuilt byte for byte. */
  envelope(position: Position): Envelope | undefined {
    const event = this.at(position);
    return event && envelopeOf(event, this.seal(position));
  }

  /** Everything that is stored between two positions, the second not included, for whoever checks the record. */
  entries(from: Position, to: Position): Iterable<Entry> {
    return this.pages('position', 'position < ?', to, from);
  }

  /** The same of one stream, by revision. */
  streamEntries(stream: string): Iterable<Entry> {
    return this.pages('revision', 'stream = (select id from stream where name = ?)', stream, 0);
  }

  private *pages(
    order: 'position' | 'revision',
    where: string,
    key: SQLInputValue,
    from: number,
  ): Generator<Entry, void> {
    const sql = `select ${ENTRY_COLUMNS} from event where ${where} and ${order} >= ? order by ${order} limit ?`;
    for (let first = from; ;) {
      const rows = this.rows<EntryRow>(sql, key, first, PAGE_SIZE);
      for (const row of rows) yield this.entry(row);
      if (rows.length < PAGE_SIZE) return;
      first = rows[PAGE_SIZE - 1]![placeIn(order)] + 1;
    }
  }

  /** What a mirror has of `crisislog-heads`, from a revision on, in order. */
  *mirroredHeads(revision: Revision): Generator<HeadEntry, void> {
    // A folder that no instance of this version has opened yet has none.
    if (this.value('select 1 from sqlite_schema where name = ?', HEADS) === undefined) return;
    const sql = `select revision, entry from ${HEADS} where revision >= ? order by revision limit ${PAGE_SIZE}`;
    for (let next = revision; ;) {
      const rows = this.rows<[Revision, string]>(sql, next);
      for (const [at, entry] of rows) yield { revision: at, note: noteIn(JSON.parse(entry)) };
      if (rows.length < PAGE_SIZE) return;
      next = rows.at(-1)![0] + 1;
    }
  }

  /** What SQLite finds wrong with the file, its indexes among it; undefined where all is well. Reads all of it. */
  findDamage(): string | undefined {
    const found = this.value<string>('pragma integrity_check(1)');
    return found === 'ok' ? undefined : (found ?? 'no answer');
  }

  /** Salts, contentHash and commitments of an event that exists. */
  seal(position: Position): Uint8Array {
    return this.value<Uint8Array>('select seal from event where position = ?', position)!;
  }

  close(): void {
    this.db.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private *read(
    order: 'position' | 'revision',
    where: string,
    keys: readonly SQLInputValue[],
    { direction = 'forwards', from, maxCount = Infinity, types, streams }: LogReadOptions,
    head: number,
  ): Iterable<StoredEvent> {
    const isForwards = direction === 'forwards';
    const filter =
      (types === undefined ? '' : 'and type in (select value from json_each(?))') +
      // By position, whatever else: through the index of a stream every row would have to be looked up.
      (streams === undefined
        ? ''
        : 'and +stream in (select id from stream where name in (select value from json_each(?)))');
    const filters = [types, streams].filter((names) => names !== undefined).map((names) => JSON.stringify(names));
    const sql = `select ${COLUMNS} from event where ${where} ${order} between ? and ? ${filter}
      order by ${order} ${isForwards ? 'asc' : 'desc'} limit ?`;

    let [first, last] = isForwards ? [from ?? 0, head] : [0, Math.min(from ?? head, head)];
    for (let left = maxCount; left > 0;) {
      const limit = Math.min(left, PAGE_SIZE);
      const rows = this.rows(sql, ...keys, first, last, ...filters, limit);
      for (const row of rows) yield this.event(row);
      if (rows.length < limit) return;
      left -= limit;
      const end = rows[limit - 1]![placeIn(order)];
      if (isForwards) first = end + 1;
      else last = end - 1;
    }
  }

  private entry(row: EntryRow): Entry {
    const [seal, target, marks, contentType] = row.slice(-4) as [Uint8Array, string, string | null, string | null];
    return {
      event: this.event(row),
      seal,
      target: target === '' ? undefined : dashed(target),
      marks: marks ?? undefined,
      contentType: contentType ?? undefined,
    };
  }

  private event(row: Row | EntryRow): StoredEvent {
    const id = dashed(row[3]);
    const event: { -readonly [Name in keyof StoredEvent]: StoredEvent[Name] } = {
      position: row[0],
      stream: this.stream(row[1]),
      revision: row[2],
      id,
      type: row[4],
      recordedAt: row[5],
      marking: row[6],
      schemaVersion: row[7],
      recordedBy: this.recorder(row[9]),
      correlationId: row[10] ?? id,
      body: row[12],
    };
    if (row[8] !== null) event.contentSchemaVersion = row[8];
    if (row[11] !== null) event.causationId = row[11];
    return event;
  }

  private stream(key: number): string {
    let name = this.streams.get(key);
    if (name === undefined) {
      name = this.value<string>('select name from stream where id = ?', key)!;
      if (this.streams.size >= NAMES_REMEMBERED) this.streams.clear();
      this.streams.set(key, name);
    }
    return name;
  }

  private recorder(key: number): RecordedBy {
    let recorder = this.recorders.get(key);
    if (recorder === undefined) {
      const sql = 'select principal, instance, build from recorder where id = ?';
      const [principal, instance, build] = this.rows(sql, key)[0] as unknown as [string, string, string];
      recorder = { principal, instance, build };
      if (this.recorders.size >= NAMES_REMEMBERED) this.recorders.clear();
      this.recorders.set(key, recorder);
    }
    return recorder;
  }

  /** The only column of the only row. */
  private value<T extends SQLInputValue = number>(sql: string, ...values: SQLInputValue[]): T | undefined {
    return (this.rows(sql, ...values)[0]?.[0] as unknown as T | null) ?? undefined;
  }

  private rows<T = Row>(sql: string, ...values: SQLInputValue[]): T[] {
    if (!this.db.isOpen) throw new LogClosed({ reason: 'by its owner' });
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = this.db.prepare(sql);
      statement.setReturnArrays(true);
      this.statements.set(sql, statement);
    }
    return statement.all(...values) as unknown as T[];
  }
}

/**
 * The last number from 0 to below `end` for which `holds` is true, which it is up to some number; -1 where for none.
 */
function lastOf(end: number, holds: (number: number) => boolean): number {
  let last = -1;
  while (end - last > 1) {
    const middle = Math.floor((last + end) / 2);
    if (holds(middle)) last = middle;
    else end = middle;
  }
  return last;
}

/** Index of that column in a row. */
const placeIn = (order: 'position' | 'revision'): 0 | 2 => (order === 'position' ? 0 : 2);

/** Opens the log of a data folder for reading, also while its owner writes. Throws LogDamaged where there is none. */
export function openReader(dataDir: string): LogReader {
  return new LogReader(openForReading(join(dataDir, LOG_FILE)));
}
