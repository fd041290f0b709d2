import { RecordMoved, RecordTruncated } from '../errors';
import type { Revision } from '../event-log';
import { GENESIS_STREAM, sealIn } from './genesis';
import type { RecordedEvent } from './record-client';

/** Settings of a stream that make EventStoreDB hide or drop its events. */
const TRUNCATING = ['$tb', '$maxCount', '$maxAge'];

/**
 * Is this an event of the log? System events are not: they have no position. Throws RecordTruncated when the event
 * shows that a stream has lost events, and RecordMoved when it is the record's seal.
 */
export function isOurs(event: RecordedEvent, headOf: () => Revision): boolean {
  const { stream, type, data } = event;
  if (stream.startsWith('$$')) {
    const setting = TRUNCATING.find((name) => name in Object(data));
    if (setting !== undefined) throw truncated(stream.slice(2), -1, `its setting ${setting} drops events`);
    return false;
  }
  const to = sealIn(event);
  if (to !== undefined) throw new RecordMoved({ to });
  if (stream === GENESIS_STREAM) return false;
  if (type === '$streamDeleted') throw truncated(stream, headOf() + 1, 'it has been deleted');
  return !type.startsWith('$');
}

export const truncated = (stream: string, revision: Revision, reason: string) =>
  new RecordTruncated({ stream, revision, reason });
