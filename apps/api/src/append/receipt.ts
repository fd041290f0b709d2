import type { AppendedEvent } from '#event-log';
import type { Principal } from '../http/principal';
import type { Tokens } from '../http/tokens';

/** What an append answers for one event. */
export interface Receipt {
  /** Also the ETag: the point at which the event was the last. */
  readonly cursor: string;
  readonly repeated: boolean;
  /** The members `eventId, crisisId, recordedAt, cursor` and, for those who may see numbers, `revision, position`, as JSON text without braces. */
  readonly members: string;
}

/** The text is written out: ids, times and tokens need no escaping, and this is the hot path. */
export function receiptOf(crisisId: string, event: AppendedEvent, tokens: Tokens, principal: Principal): Receipt {
  const { id, revision, position, repeated } = event;
  const recordedAt = new Date(event.recordedAt).toISOString();
  const cursor = tokens.seal({ kind: 'point', position, index: 0, level: principal.level, filter: '' });
  const numbers = principal.seesNumbers ? `,"revision":${revision},"position":${position}` : '';
  return {
    cursor,
    repeated,
    members: `"eventId":"${id}","crisisId":"${crisisId}","recordedAt":"${recordedAt}","cursor":"${cursor}"${numbers}`,
  };
}

export const receiptText = ({ members, repeated }: Receipt): string => `{${members},"repeated":${repeated}}`;
