import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { decide, ProposedEvent } from '../decide';
import { bodyOf, contentHashOf, DividedElement } from '../element';
import { saltPool, seal } from '../envelope';
import type { AppendRequest, ExpectedRevision, Position, RecordedBy, Revision } from '../event-log';
import { ConsumerTable } from './consumer-table';
import { INSERT_EVENT, rewriteVersion } from './schema';
import { StreamColumns, StreamQueries } from './stream-columns';
import type { EventOutcome, WireEvent, WireGroup, WireOutcome, WireReply } from './wire';

/** A stream costs some hundred bytes to remember and three lookups to load. */
const STREAMS_REMEMBERED = 10_000;
const RECORDERS_REMEMBERED = 10_000;

export type Identity = Omit<RecordedBy, 'principal'>;

/** An event of an append, to be decided and, if accepted, sealed and stored. */
interface IncomingEvent extends ProposedEvent {
  readonly wire: WireEvent;
  readonly element: DividedElement;
}

/** Decides appends and stores those accepted, a group a transaction. The only writer of its file. */
export class LogWriter {
  private readonly queries: StreamQueries;
  private readonly begin: StatementSync;
  private readonly commit: StatementSync;
  private readonly insertEvent: StatementSync;
  private readonly consumers: ConsumerTable;
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
    this.insertEvent = db.prepare(INSERT_EVENT);
    this.consumers = new ConsumerTable(db);
    const head = db.prepare('select position, recorded_at from event order by position desc limit 1').get();
    this.nextPosition = head === undefined ? 0 : (head['position'] as number) + 1;
    this.recordedAt = head === undefined ? 0 : (knownAtHead(db) ?? (head['recorded_at'] as number));
  }

  get head(): Position {
    return this.nextPosition - 1;
  }

  /**
   * One transaction. When it returns, everything it answers is durable. When it throws, nobody knows what is, and
   * this writer is of no more use: what it remembers may be wrong.
   */
  write(groups: readonly WireGroup[]): WireReply {
    const firstPosition = this.nextPosition;
    this.begin.run();
    // Time never falls along positions, whatever the clock does.
    this.recordedAt = Math.max(groups.at(-1)!.now, this.recordedAt);
    this.recordedAtText = new Date(this.recordedAt).toISOString();
    const outcomes = groups.flatMap((group) => this.writeGroup(group));
    if (outcomes.length === 0) rewriteVersion(this.db);
    this.commit.run();
    return { outcomes, firstPosition, recordedAt: this.recordedAt };
  }

  private writeGroup({ appends, bytes }: WireGroup): WireOutcome[] {
    let at = 0;
    return appends.map((append) => {
      if ('texts' in append) return this.consumers.append(append, this.recordedAt);
      const [name, expected, principal, level, mayMark = 'both', isEach, ...wires] = append;
      const events = wires.map((wire) => incoming(wire, bytes.subarray(at, (at += bytesOf(wire)))));
      const writer = { principal, level, mayMark };
      if (!isEach) return this.append(name, events, expected, writer);
      return together(events.flatMap((event) => this.append(name, [event], expected, writer)));
    });
  }

  private append(
    name: string,
    events: readonly IncomingEvent[],
    expected: ExpectedRevision,
    writer: AppendRequest['writer'],
  ): Exclude<WireOutcome, boolean> {
    const stream = this.stream(name);
    const verdict = decide({ events, expected, writer }, stream);
    if (verdict === 'repeat') return events.map(({ id }) => stream.original(id));
    if (verdict !== 'append') return verdict;
    const first = stream.head + 1;
    for (const event of events) this.store(stream, event, writer.principal);
    return first;
  }

  private store(stream: StreamColumns, event: IncomingEvent, principal: string): void {
    const [id, type, , , , , marking, schemaVersion, contentSchemaVersion] = event.wire;
    const [, , , , , , , , , contentType, target, marks, correlationId = id, causationId] = event.wire;
    const parts = bodyOf(event.element);
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
      seal(facts, parts, event.contentHash, this.nextSalts()),
      parts.body,
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

/** When all are new, as nearly always, the first revision says it all. */
const together = (outcomes: readonly EventOutcome[]): Revision | readonly EventOutcome[] =>
  outcomes.every((outcome) => typeof outcome === 'number') ? outcomes[0]! : outcomes;

const bytesOf = (wire: WireEvent): number => wire[2];

function incoming(wire: WireEvent, bytes: Uint8Array): IncomingEvent {
  const [id, type, , wholeBytes, refsBytes, leftOut, marking, , , contentType, target, marks] = wire;
  const references = wire[14] ?? [];
  const element = { bytes, wholeBytes, refsBytes, leftOut };
  const contentHash = contentHashOf(element);
  return { id, type, marking, contentType, target, marks, references, contentHash, element, wire };
}

/** In a record that was a mirror, what was known at its end may be later than its last event's own time. */
function knownAtHead(db: DatabaseSync): number | undefined {
  if (db.prepare("select 1 from sqlite_schema where name = 'recorded_early'").get() === undefined) return undefined;
  const sql = 'select known_at from recorded_early where position = (select max(position) from event)';
  return db.prepare(sql).get()?.['known_at'] as number | undefined;
}
