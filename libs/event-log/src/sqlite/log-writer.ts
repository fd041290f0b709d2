import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { decide, ProposedEvent } from '../decide';
import { bodyOf, ElementParts, splitElement } from '../element';
import { contentHash, saltPool, seal } from '../envelope';
import type { Failure } from '../errors';
import { MAX_BYTES_PER_APPEND, Position, RecordedBy } from '../event-log';
import { rewriteVersion } from './schema';
import { StreamColumns, StreamQueries } from './stream-columns';
import type { WireAppend, WireEvent, WireGroup, WireOutcome, WireReply } from './wire';

/** A stream costs some hundred bytes to remember and three lookups to load. */
const STREAMS_REMEMBERED = 10_000;
const RECORDERS_REMEMBERED = 10_000;

export type Identity = Omit<RecordedBy, 'principal'>;

/** An event of an append, ready to be decided and, if accepted, sealed and stored. */
interface ParsedEvent extends ProposedEvent {
  readonly wire: WireEvent;
  readonly parts: ElementParts;
}

/** Decides appends and stores those accepted, a group a transaction. The only writer of its file. */
export class LogWriter {
  private readonly queries: StreamQueries;
  private readonly begin: StatementSync;
  private readonly commit: StatementSync;
  private readonly insertEvent: StatementSync;
  private readonly nextSalts = saltPool();
  private readonly streams = new Map<string, StreamColumns>();
  private readonly recorders = new Map<string, number>();
  private nextPosition: Position;
  private recordedAt: number;

  constructor(
    private readonly db: DatabaseSync,
    private readonly identity: Identity,
  ) {
    this.queries = new StreamQueries(db);
    this.begin = db.prepare('begin immediate');
    this.commit = db.prepare('commit');
    this.insertEvent = db.prepare(`insert into event values (
      ?, ?, ?, unhex(?, '-'), ?, ?, ?, ?, ?, ?, ?, ?, ?, unhex(?, '-'), ?, ?, ?)`);
    const head = db.prepare('select position, recorded_at from event order by position desc limit 1').get();
    this.nextPosition = head === undefined ? 0 : (head['position'] as number) + 1;
    this.recordedAt = head === undefined ? 0 : (head['recorded_at'] as number);
  }

  get head(): Position {
    return this.nextPosition - 1;
  }

  /**
   * One transaction. When it returns, everything answered is durable. When it throws, the caller does not know:
   * this writer is then of no more use, except after `rollBack`.
   */
  write({ now, appends }: WireGroup): WireReply {
    const firstPosition = this.nextPosition;
    this.begin.run();
    // Time never falls along positions, whatever the clock does.
    this.recordedAt = Math.max(now, this.recordedAt);
    const outcomes = appends.map((append) => this.append(append));
    if (appends.length === 0) rewriteVersion(this.db);
    this.commit.run();
    return { outcomes, firstPosition, recordedAt: this.recordedAt };
  }

  private append(append: WireAppend): WireOutcome {
    const [name, expected, principal, level, ...wires] = append;
    const events = parse(wires);
    if (!Array.isArray(events)) return events;
    const stream = this.stream(name);
    const verdict = decide({ events, expected, writer: { principal, level } }, stream);
    if (verdict === 'repeat') return events.map(({ id }) => stream.original(id));
    if (verdict !== 'append') return verdict;
    const first = stream.head + 1;
    for (const event of events) this.store(stream, event, principal);
    return first;
  }

  private store(stream: StreamColumns, event: ParsedEvent, principal: string): void {
    const [id, type, , marking, schemaVersion, contentSchemaVersion, contentType, target, marks] = event.wire;
    const [correlationId = id, causationId] = event.wire.slice(9) as [string | undefined, string | undefined];
    const revision = stream.head + 1;
    const facts = {
      stream: stream.name,
      revision,
      id,
      type,
      recordedAt: new Date(this.recordedAt).toISOString(),
      marking,
      schemaVersion,
      contentSchemaVersion,
      recordedBy: { ...this.identity, principal },
      correlationId,
      causationId,
    };
    this.insertEvent.run(
      this.nextPosition,
      (stream.key ??= this.insertStream(stream.name)),
      revision,
      id,
      type,
      marking,
      this.recordedAt,
      schemaVersion,
      contentSchemaVersion ?? null,
      contentType ?? null,
      this.recorder(principal),
      correlationId === id ? null : correlationId,
      causationId ?? null,
      target ?? null,
      marks ?? null,
      seal(facts, event.parts, event.contentHash, this.nextSalts()),
      bodyOf(event.parts),
    );
    this.nextPosition++;
    stream.accepted(id, target);
  }

  private stream(name: string): StreamColumns {
    return remember(this.streams, STREAMS_REMEMBERED, name, () => StreamColumns.load(this.queries, name));
  }

  private insertStream(name: string): number {
    return Number(this.db.prepare('insert into stream (name) values (?)').run(name).lastInsertRowid);
  }

  private recorder(principal: string): number {
    return remember(this.recorders, RECORDERS_REMEMBERED, principal, () => {
      const row = [principal, this.identity.instance, this.identity.build];
      this.db.prepare('insert or ignore into recorder (principal, instance, build) values (?, ?, ?)').run(...row);
      const find = this.db.prepare('select id from recorder where principal = ? and instance = ? and build = ?');
      return find.get(...row)!['id'] as number;
    });
  }
}

/** From the map, which forgets everything when it is full: what it holds can be loaded again. */
function remember<T>(map: Map<string, T>, limit: number, key: string, load: () => T): T {
  let value = map.get(key);
  if (value === undefined) {
    if (map.size >= limit) map.clear();
    map.set(key, (value = load()));
  }
  return value;
}

/** Parses and divides all events of an append, or says why it cannot be stored. */
function parse(wires: readonly WireEvent[]): ParsedEvent[] | Failure {
  const events: ParsedEvent[] = [];
  let bytes = 0;
  for (const wire of wires) {
    try {
      const event = parseEvent(wire);
      bytes += Buffer.byteLength(event.parts.identified);
      events.push(event);
    } catch (error) {
      return { type: 'invalid-append', index: events.length, reason: (error as Error).message };
    }
  }
  if (bytes > MAX_BYTES_PER_APPEND) return { type: 'append-too-large', events: wires.length, bytes };
  return events;
}

function parseEvent(wire: WireEvent): ParsedEvent {
  const [id, type, json, marking, , , contentType, target, marks, , , references = []] = wire;
  const element: unknown = JSON.parse(json);
  if (typeof element !== 'object' || element === null || Array.isArray(element)) throw new TypeError('it is no object');
  const parts = splitElement(element);
  return { id, type, marking, contentType, target, marks, references, contentHash: contentHash(parts), parts, wire };
}
