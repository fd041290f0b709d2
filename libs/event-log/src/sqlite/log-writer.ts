import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { decide, ProposedEvent } from '../decide';
import { Element, splitElement } from '../element';
import { saltPool, seal } from '../envelope';
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
  readonly element: Element;
}

/** Decides appends and stores those accepted, a group a transaction. The only writer of its file. */
export class LogWriter {
  private readonly queries: StreamQueries;
  private readonly begin: StatementSync;
  private readonly commit: StatementSync;
  private readonly insertEvent: StatementSync;
  private readonly nextSalts = saltPool();
  private readonly streams = new Map<string, StreamColumns>();
  private readonly recorders = new Map<string, { key: number; recordedBy: RecordedBy }>();
  private nextPosition: Position;
  private recordedAt: number;
  private recordedAtText = '';

  constructor(
    private readonly db: DatabaseSync,
    private readonly identity: Identity,
  ) {
    this.queries = new StreamQueries(db);
    this.begin = db.prepare('begin immediate');
    this.commit = db.prepare('commit');
    this.insertEvent = db.prepare(`insert into event values (
      ?, ?, ?, unhex(?, '-'), ?, ?, ?, ?, ?, ?, ?, ?, ?, unhex(?, '-'), ?, ?, cast(? as text))`);
    const head = db.prepare('select position, recorded_at from event order by position desc limit 1').get();
    this.nextPosition = head === undefined ? 0 : (head['position'] as number) + 1;
    this.recordedAt = head === undefined ? 0 : (head['recorded_at'] as number);
  }

  get head(): Position {
    return this.nextPosition - 1;
  }

  /**
   * One transaction. When it returns, everything it answers is durable. When it throws, nobody knows what is, and
   * this writer is of no more use: what it remembers may be wrong.
   */
  write({ now, appends }: WireGroup): WireReply {
    const firstPosition = this.nextPosition;
    this.begin.run();
    // Time never falls along positions, whatever the clock does.
    this.recordedAt = Math.max(now, this.recordedAt);
    this.recordedAtText = new Date(this.recordedAt).toISOString();
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
    const [, , , , , , , , , correlationId = id, causationId] = event.wire;
    const revision = stream.head + 1;
    const { key: recorder, recordedBy } = this.recorder(principal);
    const facts = {
      stream: stream.name,
      revision,
      id,
      type,
      recordedAt: this.recordedAtText,
      marking,
      schemaVersion,
      contentSchemaVersion,
      recordedBy,
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
      recorder,
      correlationId === id ? null : correlationId,
      causationId ?? null,
      target ?? null,
      marks ?? null,
      seal(facts, event.element, event.contentHash, this.nextSalts()),
      event.element.body,
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

  private recorder(principal: string): { key: number; recordedBy: RecordedBy } {
    return remember(this.recorders, RECORDERS_REMEMBERED, principal, () => {
      const { instance, build } = this.identity;
      const row = [principal, instance, build];
      this.db.prepare('insert or ignore into recorder (principal, instance, build) values (?, ?, ?)').run(...row);
      const find = this.db.prepare('select id from recorder where principal = ? and instance = ? and build = ?');
      return { key: find.get(...row)!['id'] as number, recordedBy: { principal, instance, build } };
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
  for (const wire of wires) {
    try {
      events.push(parseEvent(wire));
    } catch (error) {
      return { type: 'invalid-append', index: events.length, reason: (error as Error).message };
    }
  }
  const bytes = events.reduce((sum, { element }) => sum + element.size, 0);
  return bytes > MAX_BYTES_PER_APPEND ? { type: 'append-too-large', events: events.length, bytes } : events;
}

function parseEvent(wire: WireEvent): ParsedEvent {
  const [id, type, json, marking, , , contentType, target, marks, , , references = []] = wire;
  const sent: unknown = JSON.parse(json);
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) throw new TypeError('it is no object');
  const element = splitElement(sent);
  return { id, type, marking, contentType, target, marks, references, contentHash: element.contentHash, element, wire };
}
