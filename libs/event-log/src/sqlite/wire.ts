import type { Failure } from '../errors';
import type {
  AppendedEvent,
  AppendRequest,
  ExpectedRevision,
  Level,
  NewEvent,
  Reference,
  StoredMarking,
} from '../event-log';

/**
 * What main thread and writer thread exchange. Tuples, and the JSON as the string it came as: cloning the request
 * objects costs the main thread nearly twice as much, and the round trip more than twice (measured).
 */
export type WireAppend = readonly [
  stream: string,
  expected: ExpectedRevision,
  principal: string,
  level: Level,
  ...events: WireEvent[],
];

export type WireEvent = readonly [
  id: string,
  type: string,
  json: string,
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

/** One without appends tries whether the disk takes a write. */
export interface WireGroup {
  /** The clock of the log's owner, milliseconds since the epoch. */
  readonly now: number;
  readonly appends: readonly WireAppend[];
}

/** Revision of the first new event; or the original results; or a refusal. */
export type WireOutcome = number | readonly AppendedEvent[] | Failure;

export interface WireReply {
  /** One an append. New events have the positions from `firstPosition` on, in the order of the appends. */
  readonly outcomes: readonly WireOutcome[];
  readonly firstPosition: number;
  readonly recordedAt: number;
  /** Why nothing can be written at the moment. */
  readonly trouble?: string;
}

export const pack = ({ stream, expected, writer, events }: AppendRequest): WireAppend => [
  stream,
  expected,
  writer.principal,
  writer.level,
  ...events.map(packEvent),
];

const packEvent = (event: NewEvent): WireEvent => [
  event.id,
  event.type,
  event.json,
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
