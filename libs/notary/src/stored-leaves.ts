import { canonicalJson, type Entry, foreignLeaf, type LogReader, type StoredEvent } from '#event-log';
import { type Hash, type OpenedEvent, openStored, Refusal } from '#ledger';
import { RecordFault } from './record-fault';

/** The leaf of an event, computed again from what is stored. */
export interface StoredLeaf {
  readonly position: number;
  readonly leaf: Hash;
}

/**
 * The events from a position to another (exclusive), each opened from its stored bytes: positions without a gap, time
 * that does not fall (in a mirror it may: several instances record, each by its own clock), every commitment, and the
 * columns that decisions are made from. Throws a RecordFault at the first that does not hold.
 */
export function* storedLeaves(reader: LogReader, from: number, to: number): Generator<StoredLeaf> {
  const mayFall = reader.isMirror();
  let next = from;
  let recordedAt = from === 0 ? 0 : (reader.at(from - 1)?.recordedAt ?? 0);
  for (const event of reader.readAll({ from, maxCount: to - from })) {
    if (event.position !== next) throw new RecordFault('altered', 'the event is missing', next);
    if (event.recordedAt < recordedAt && !mayFall)
      throw new RecordFault('altered', 'recorded before its predecessor', next);
    recordedAt = event.recordedAt;
    yield { leaf: leafOf(reader, event), position: next++ };
  }
  if (next < to) throw new RecordFault('altered', 'the event is missing', next);
}

/** One event, opened from its stored bytes; undefined for another writer's, which has no parts. Throws a RecordFault. */
export function openEvent(reader: LogReader, event: StoredEvent): OpenedEvent | undefined {
  const entry = reader.entry(event);
  return entry.isForeign ? undefined : faultsOf(event, () => openEntry(entry));
}

function leafOf(reader: LogReader, event: StoredEvent): Hash {
  const entry = reader.entry(event);
  if (!entry.isForeign) return faultsOf(event, () => openEntry(entry)).leaf;
  const leaf = faultsOf(event, () => foreignLeaf(event));
  if (entry.envelope.leaf.equals(leaf)) return leaf;
  throw new RecordFault('altered', 'the leaf is not of what is kept of the event', event.position);
}

/** Whatever is wrong with what is stored is a fault of the record. */
function faultsOf<T>(event: StoredEvent, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof Refusal || error instanceof SyntaxError || error instanceof TypeError || isTime(error)) {
      throw new RecordFault('altered', error.message, event.position);
    }
    throw error;
  }
}

function openEntry(entry: Entry): OpenedEvent {
  const opened = opens(entry);
  checkColumns(entry, opened);
  return opened;
}

/** A flipped bit can make a time that no date has. */
const isTime = (error: unknown): error is RangeError => error instanceof RangeError;

function opens({ event, envelope }: Entry): OpenedEvent {
  const { stream, revision, id, type, body } = event;
  if (canonicalJson(JSON.parse(body)) !== body) throw new TypeError('the body is not in canonical form');
  const [data, metadata] = [envelope.data, envelope.metadata].map((text) => JSON.parse(text) as unknown);
  const opened = openStored({ stream, revision, id, type, data, metadata });
  if (!envelope.leaf.equals(opened.leaf)) throw new TypeError('the log and the ledger make two leaves of it');
  return opened;
}

/** The log decides from columns beside the body; nothing commits to them but that they are of the body. */
function checkColumns({ event, target, marks, contentType }: Entry, { parts }: OpenedEvent): void {
  const data = (parts.content as { data?: { marking?: unknown; content?: { type?: unknown } } }).data ?? {};
  const expected = {
    target: (parts.refs as Record<string, unknown>)['data.target'],
    marks: event.type === 'MarkingChanged' ? data.marking : undefined,
    contentType: event.type === 'EventCorrected' ? data.content?.type : undefined,
  };
  for (const [name, found] of Object.entries({ target, marks, contentType })) {
    if (found !== expected[name as keyof typeof expected])
      throw new TypeError(`the column ${name} is not of the event`);
  }
}
