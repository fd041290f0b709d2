import type { EventLogError } from './errors';

/**
 * The port: what a crisis log asks of the record. Two engines implement it (embedded SQLite,
 * EventStoreDB); one contract suite (`test/contract`) binds both.
 *
 * The log stores named JSON. It knows ids, types, markings and references of events, because it has to
 * decide with them, and nothing else of their meaning.
 */

/** Zero-based place of an event in its stream. Far below 2^53, hence a number. */
export type Revision = number;

/** Zero-based place of an event in the whole log. Dense: no gaps, equal on every instance. */
export type Position = number;

/** From least to most restricted. The order is the meaning. */
export const LEVELS = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'] as const;
export type Level = (typeof LEVELS)[number];

/** The marking at append. `inherit`: an amendment without a marking of its own. */
export type StoredMarking = Level | 'inherit';

/**
 * What the writer believes of the stream. `{ seen, level }` means: nothing that is visible at `level`
 * was appended after revision `seen`.
 */
export type ExpectedRevision =
  Revision | 'any' | 'no_stream' | 'stream_exists' | { readonly seen: Revision; readonly level: Level };

/** An event of the same stream that must exist (or stand earlier in the same array). */
export interface Reference {
  /** Where in the element the reference stands, as a JSON pointer; echoed in refusals. */
  readonly pointer: string;
  readonly id: string;
  /** Allowed types of the referenced event; absent: any. */
  readonly types?: readonly string[];
}

export interface NewEvent {
  /** Lower-case UUID, unique in the stream. */
  readonly id: string;
  readonly type: string;
  /** The element as sent: a JSON object, which may contain eventId, type and tlp. Read before `append` returns. */
  readonly element: object;
  readonly marking: StoredMarking;
  readonly schemaVersion: number;
  /** Version and type of the content inside a correction. */
  readonly contentSchemaVersion?: number;
  readonly contentType?: string;
  readonly references: readonly Reference[];
  /** The event that this amendment amends. */
  readonly target?: string;
  /** The marking this event gives its target. */
  readonly marks?: Level;
  /** Default: the event's own id. */
  readonly correlationId?: string;
  readonly causationId?: string;
}

/** EventStoreDB drops live subscribers on longer transactions; both engines refuse alike. */
export const MAX_EVENTS_PER_APPEND = 100;
/** Of the canonical elements together. Leaves room for envelopes below EventStoreDB's 1 MiB. */
export const MAX_BYTES_PER_APPEND = 900 * 1024;

export interface AppendRequest {
  /** `crisis-{id}`. */
  readonly stream: string;
  /** Stored all or none, next to each other. At most MAX_EVENTS_PER_APPEND and MAX_BYTES_PER_APPEND. */
  readonly events: readonly NewEvent[];
  readonly expected: ExpectedRevision;
  readonly writer: Writer;
}

/** Which way a writer may move markings. */
export type MarkingRight = 'both' | 'raise' | 'lower' | 'neither';

export interface Writer {
  readonly principal: string;
  readonly level: Level;
  /** Default: both. */
  readonly mayMark?: MarkingRight;
}

export interface AppendedEvent {
  readonly id: string;
  readonly revision: Revision;
  /** Undefined where the event is durable in EventStoreDB, and this instance's mirror is late to show it. */
  readonly position: Position | undefined;
  /** Milliseconds since the epoch; never falls along positions. */
  readonly recordedAt: number;
  /** The id was there already with the same content: this is the original result. */
  readonly repeated: boolean;
}

/** What becomes of an event that is appended on its own. */
export type Outcome = AppendedEvent | EventLogError;

export interface RecordedBy {
  readonly principal: string;
  readonly instance: string;
  readonly build: string;
}

/** An event as stored. `body` is the JCS text of `{content, refs, sources}`. */
export interface StoredEvent {
  readonly position: Position;
  readonly stream: string;
  readonly revision: Revision;
  readonly id: string;
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly recordedAt: number;
  readonly marking: StoredMarking;
  readonly schemaVersion: number;
  readonly contentSchemaVersion?: number;
  readonly recordedBy: RecordedBy;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly body: string;
}

export interface ReadOptions {
  /** Inclusive. Forwards from 0, backwards from the end, unless given. */
  readonly from?: number;
  readonly direction?: 'forwards' | 'backwards';
  readonly maxCount?: number;
}

export interface SubscribeOptions {
  /** Deliver events after this position; -1 from the start. */
  readonly after: Position;
  readonly signal?: AbortSignal;
}

export interface EventLog {
  /** Identity of the record, from its genesis; every data folder and token is pinned to it. */
  readonly logId: string;

  /**
   * Resolves once the events are durable: a process or power failure after that loses nothing.
   * Rejects with a refusal (`errors.ts`: nothing stored) or with OutcomeUnknown (may or may not be
   * stored; sending the same events again is safe and gives the definite answer).
   */
  append(request: AppendRequest): Promise<readonly AppendedEvent[]>;

  /**
   * The same as one append for each of the events, one after the other, and cheaper: what is refused does not keep
   * the others out. Resolves, once all that is stored is durable, with what became of each, in their order. Rejects
   * where what `append` rejects with is of all of them.
   */
  appendEach(request: AppendRequest): Promise<readonly Outcome[]>;

  /** Events of one stream by revision; empty for a stream that does not exist. */
  readStream(stream: string, options?: ReadOptions): Iterable<StoredEvent>;

  /** Events of the whole log by position. */
  readAll(options?: ReadOptions): Iterable<StoredEvent>;

  /** Catch-up subscription: history first, then live, each event once, in order, without end. */
  subscribeToAll(options: SubscribeOptions): AsyncIterable<StoredEvent>;

  /** Position of the last event; -1 when the log is empty. */
  head(): Position;

  /** Drains what was accepted, releases the owner lock. */
  close(): Promise<void>;
}
