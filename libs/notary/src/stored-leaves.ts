import { canonicalJson, type Entry, type LogReader, type StoredEvent } from '#event-log';
import { type OpenedEvent, openStored, Refusal } from '#ledger';
import { RecordFault } from './record-fault';

/** An event whose leaf was computed again from what is stored. */
export interface OpenedEntry extends OpenedEvent {
  readonly position: number;
}

/**
 * The events from a position to another (exclusive), each opened from its stored bytes: positions without a gap, time
 * that does not fall, every commitment, and the columns that decisions are made from. Throws a RecordFault at the first that
 * does not hold.
 */
export function* openedEvents(reader: LogReader, from: number, to: number): Generator<OpenedEntry> {
  let next = from;
  let recordedAt = from === 0 ? 0 : (reader.at(from - 1)?.recordedAt ?? 0);
  for (const event of reader.readAll({ from, maxCount: to - from })) {
    if (event.position !== next) throw new RecordFault('altered', 'the event is missing', next);
    if (event.recordedAt < recordedAt) throw new RecordFault('altered', 'recorded before its predecessor', next);
    recordedAt = event.recordedAt;
    yield { ...openEvent(reader, event), position: next++ };
  }
  if (next < to) throw new RecordFault('altered', 'the event is missing', next);
}

/** One event, opened from its stored bytes. Throws a RecordFault. */
export function openEvent(reader: LogReader, event: StoredEvent): OpenedEvent {
  try {
    const entry = reader.entry(event);
    const opened = opens(entry);
    checkColumns(entry, opened);
    return opened;
  } catch (error) {
    if (error instanceof Refusal || error instanceof SyntaxError || error instanceof TypeError || isTime(error)) {
      throw new RecordFault('altered', error.message, event.position);
    }
    throw error;
  }
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
