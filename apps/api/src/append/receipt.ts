import type { AppendedEvent } from '#event-log';
import type { Principal } from '../http/principal';
import type { Tokens } from '../http/tokens';

/** What an append answers for one event. The cursor is also its ETag: the point at which it was the last. */
export interface Receipt {
  readonly eventId: string;
  readonly crisisId: string;
  readonly recordedAt: string;
  readonly cursor: string;
  readonly revision?: number;
  readonly position?: number;
  readonly repeated: boolean;
}

export function receiptOf(crisisId: string, event: AppendedEvent, tokens: Tokens, principal: Principal): Receipt {
  return {
    eventId: event.id,
    crisisId,
    recordedAt: new Date(event.recordedAt).toISOString(),
    cursor: tokens.seal({ kind: 'point', position: event.position, index: 0, level: principal.level, filter: '' }),
    ...(principal.seesNumbers && { revision: event.revision, position: event.position }),
    repeated: event.repeated,
  };
}
