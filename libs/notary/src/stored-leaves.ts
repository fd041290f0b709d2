import { type Entry, isForeign, type LogReader, parsedEnvelope, recomputedLeaf } from '#event-log';
import { type Hash, type OpenedEvent, openStored, Refusal, sameHash } from '#ledger';
import { RecordFault } from './record-fault';

/**
 * The leaves from a position to another (exclusive), each after its commitments were computed again from stored bytes:
 * what has to be known before anything is signed, by the log's own code. Throws a RecordFault at the first that does
 * not hold.
 */
export const storedLeaves = (reader: LogReader, from: number, to: number): Hash[] =>
  Array.from(entriesInOrder(reader, from, to), (entry) => faultless(entry, recomputedLeaf));

/**
 * Another writer put the event into the crisis: it has no commitments, hence no parts to show, and no bundle can be
 * made.
 */
export class ForeignEvent extends Error {
  constructor(readonly position: number) {
    super(`the event at position ${position} was not written by a crisis log`);
  }
}

/**
 * The events from a position to another (exclusive), each opened by the ledger, which shares no code with the log, and
 * with its contentHash: what is done before anything is shown as proved. Ten times the work of `storedLeaves`. Throws a
 * RecordFault at the first that does not hold.
 */
export function* openedEvents(
  reader: LogReader,
  from: number,
  to: number,
): Generator<{ position: number; leaf: Hash }> {
  for (const entry of entriesInOrder(reader, from, to))
    yield { leaf: faultless(entry, openedLeaf), position: entry.event.position };
}

/**
 * The events of a stream below a position, opened as `openedEvents` does. Throws a RecordFault; a ForeignEvent where
 * one has no parts.
 */
export function* openedStream(
  reader: LogReader,
  stream: string,
  below: number,
): Generator<OpenedEvent & { position: number }> {
  for (const entry of reader.streamEntries(stream)) {
    const { position } = entry.event;
    if (position >= below) return;
    yield { position, ...faultless(entry, opened) };
  }
}

/**
 * Positions without a gap, and time that does not fall; in a mirror it may: several instances record, each by its own
 * clock.
 */
function* entriesInOrder(reader: LogReader, from: number, to: number): Generator<Entry> {
  const mayFall = reader.timeMayFall();
  let next = from;
  let recordedAt = from === 0 ? 0 : (reader.at(from - 1)?.recordedAt ?? 0);
  try {
    for (const entry of reader.entries(from, to)) {
      const { event } = entry;
      if (event.position !== next) throw new RecordFault('altered', 'the event is missing', next);
      if (event.recordedAt < recordedAt && !mayFall)
        throw new RecordFault('altered', 'recorded before its predecessor', next);
      recordedAt = event.recordedAt;
      next++;
      yield entry;
    }
  } catch (error) {
    throw asFault(error, next);
  }
  if (next < to) throw new RecordFault('altered', 'the event is missing', next);
}

const openedLeaf = (entry: Entry): Hash => (isForeign(entry.seal) ? recomputedLeaf(entry) : opened(entry).leaf);

function opened(entry: Entry): OpenedEvent {
  if (isForeign(entry.seal)) throw new ForeignEvent(entry.event.position);
  const { stream, revision, id, type } = entry.event;
  const leaf = recomputedLeaf(entry);
  const event = openStored({ stream, revision, id, type, ...parsedEnvelope(entry) });
  if (!sameHash(leaf, event.leaf)) throw new TypeError('the log and the ledger make two leaves of it');
  return event;
}

function faultless<T>(entry: Entry, open: (entry: Entry) => T): T {
  try {
    return open(entry);
  } catch (error) {
    throw asFault(error, entry.event.position);
  }
}

/** Errors that a changed byte can cause, such as a RangeError for a time that is no date, are faults of the record. */
function asFault(error: unknown, position: number): unknown {
  const isOfTheRecord = [Refusal, SyntaxError, TypeError, RangeError].some((kind) => error instanceof kind);
  return isOfTheRecord ? new RecordFault('altered', (error as Error).message, position) : error;
}
