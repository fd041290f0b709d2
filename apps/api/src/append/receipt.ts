import type { AppendedEvent } from '#event-log';
import type { Reader } from '../access/caller';
import type { Tokens } from '../http/tokens';

/** What an append answers for one event. */
export interface Receipt {
  /**
   * Also the ETag: the point at which this event was the last. Undefined while this instance does not know its
   * position.
   */
  readonly cursor: string | undefined;
  readonly repeated: boolean;
  /** As JSON. */
  readonly text: string;
}

export function receiptOf(crisisId: string, event: AppendedEvent, tokens: Tokens, reader: Reader): Receipt {
  const cursor = cursorOf(event, tokens, reader);
  const { repeated } = event;
  return { cursor, repeated, text: `{${members(crisisId, event, reader, cursor)},"repeated":${repeated}}` };
}

/** The members of a receipt without `repeated`, as JSON without braces. */
export const membersOf = (
  crisisId: string,
  event: AppendedEvent,
  tokens: Tokens,
  reader: Reader,
  withCursor: boolean,
): string => members(crisisId, event, reader, withCursor ? cursorOf(event, tokens, reader) : undefined);

const cursorOf = ({ position }: AppendedEvent, tokens: Tokens, { level }: Reader): string | undefined =>
  position === undefined ? undefined : tokens.seal({ kind: 'point', position, index: 0, level, filter: '' });

/** JSON written by hand: ids, times and tokens need no escaping, and this is the hot path. Only some see numbers. */
function members(crisisId: string, event: AppendedEvent, reader: Reader, cursor: string | undefined): string {
  const { id, revision, position, recordedAt } = event;
  return (
    `"eventId":"${id}","crisisId":"${crisisId}","recordedAt":"${isoTime(recordedAt)}"` +
    (cursor === undefined ? '' : `,"cursor":"${cursor}"`) +
    (reader.seesNumbers ? `,"revision":${revision}` : '') +
    (reader.seesNumbers && position !== undefined ? `,"position":${position}` : '')
  );
}

let lastTime = { ms: 0, iso: '' };

/** Events that became durable together have one time. */
function isoTime(ms: number): string {
  if (ms !== lastTime.ms) lastTime = { ms, iso: new Date(ms).toISOString() };
  return lastTime.iso;
}
