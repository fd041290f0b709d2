import type { AppendedEvent } from '#event-log';
import type { Principal } from '../http/principal';
import type { Tokens } from '../http/tokens';

/** What an append answers for one event. */
export interface Receipt {
  /** Also the ETag: the point at which the event was the last. Undefined where this instance does not know its place yet. */
  readonly cursor: string | undefined;
  readonly repeated: boolean;
  /** As JSON. */
  readonly text: string;
}

export function receiptOf(crisisId: string, event: AppendedEvent, tokens: Tokens, principal: Principal): Receipt {
  const cursor = cursorOf(event, tokens, principal);
  const { repeated } = event;
  return { cursor, repeated, text: `{${members(crisisId, event, principal, cursor)},"repeated":${repeated}}` };
}

/** The members of a receipt without `repeated`, as JSON without braces. */
export const membersOf = (
  crisisId: string,
  event: AppendedEvent,
  tokens: Tokens,
  principal: Principal,
  withCursor: boolean,
): string => members(crisisId, event, principal, withCursor ? cursorOf(event, tokens, principal) : undefined);

const cursorOf = ({ position }: AppendedEvent, tokens: Tokens, { level }: Principal): string | undefined =>
  position === undefined ? undefined : tokens.seal({ kind: 'point', position, index: 0, level, filter: '' });

/** Written out: ids, times and tokens need no escaping, and this is the hot path. Numbers are for those who may see them. */
function members(crisisId: string, event: AppendedEvent, principal: Principal, cursor: string | undefined): string {
  const { id, revision, position, recordedAt } = event;
  return (
    `"eventId":"${id}","crisisId":"${crisisId}","recordedAt":"${isoTime(recordedAt)}"` +
    (cursor === undefined ? '' : `,"cursor":"${cursor}"`) +
    (principal.seesNumbers ? `,"revision":${revision}` : '') +
    (principal.seesNumbers && position !== undefined ? `,"position":${position}` : '')
  );
}

let lastTime = { ms: 0, iso: '' };

/** Events that became durable together have one time. */
function isoTime(ms: number): string {
  if (ms !== lastTime.ms) lastTime = { ms, iso: new Date(ms).toISOString() };
  return lastTime.iso;
}
