import type { DividedElement } from '../element';
import type { Failure } from '../errors';
import type {
  AppendedEvent,
  AppendRequest,
  ExpectedRevision,
  Level,
  MarkingRight,
  NewEvent,
  Reference,
  Revision,
  StoredMarking,
} from '../event-log';

/**
 * What main thread and writer thread exchange. Tuples, and the bytes of all elements in one buffer that is handed over:
 * cloning the request objects costs the main thread nearly twice as much, and the round trip more than twice (measured).
 */
export type WireAppend = readonly [
  stream: string,
  expected: ExpectedRevision,
  principal: string,
  level: Level,
  mayMark: MarkingRight | undefined,
  /** Every event is an append of its own. */
  isEach: boolean,
  ...events: WireEvent[],
];

export type WireEvent = readonly [
  id: string,
  type: string,
  bytes: number,
  wholeBytes: number,
  refsBytes: number,
  leftOut: readonly number[],
  marking: StoredMarking,
  schemaVersion: number,
  contentSchemaVersion: number | undefined,
  contentType: string | undefined,
  target: string | undefined,
  marks: Level | undefined,
  correlationId: string | undefined,
  causationId: string | undefined,
  references: readonly Reference[] | undefined,
];

/** Entries, as JSON texts, for the end of a consumer's stream. */
export interface WireEntries {
  readonly stream: string;
  readonly last: Revision;
  readonly texts: readonly string[];
}

/** One without appends tries whether the disk takes a write. */
export interface WireGroup {
  /** The clock of the log's owner, milliseconds since the epoch. */
  readonly now: number;
  readonly appends: readonly (WireAppend | WireEntries)[];
  /** Of all events, one after the other. */
  readonly bytes: Uint8Array;
}

/**
 * Revision of the first new event, when all were stored; or a refusal; or what became of each: the revision of a new
 * event, the original result of one that is repeated, a refusal. Of a consumer's entries whether they were stored.
 */
export type WireOutcome = Revision | Failure | readonly EventOutcome[] | boolean;
export type EventOutcome = Revision | AppendedEvent | Failure;

export interface WireReply {
  /** One an append. New events have the positions from `firstPosition` on, in the order of the appends. */
  readonly outcomes: readonly WireOutcome[];
  readonly firstPosition: number;
  readonly recordedAt: number;
  /** Why nothing can be written at the moment. */
  readonly trouble?: string;
}

export const pack = (
  { stream, expected, writer, events }: AppendRequest,
  elements: readonly DividedElement[],
  isEach: boolean,
): WireAppend => [
  stream,
  expected,
  writer.principal,
  writer.level,
  writer.mayMark,
  isEach,
  ...events.map((event, i) => packEvent(event, elements[i]!)),
];

/** The elements' bytes in one buffer of their own, which can be transferred. */
export function packBytes(elements: readonly DividedElement[]): Uint8Array<ArrayBuffer> {
  const packed = Buffer.allocUnsafeSlow(elements.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let at = 0;
  for (const { bytes } of elements) {
    packed.set(bytes, at);
    at += bytes.length;
  }
  return packed;
}

const packEvent = (event: NewEvent, element: DividedElement): WireEvent => [
  event.id,
  event.type,
  element.bytes.length,
  element.wholeBytes,
  element.refsBytes,
  element.leftOut,
  event.marking,
  event.schemaVersion,
  event.contentSchemaVersion,
  event.contentType,
  event.target,
  event.marks,
  event.correlationId,
  event.causationId,
  event.references.length === 0 ? undefined : event.references,
];
