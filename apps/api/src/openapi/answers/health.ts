import type { Unreadable } from '#projections';
import { COUNT, CRISIS_ID, EVENT_ID, FLAG, list, object, said, type Schema, TEXT, words } from '../schema';

export const HEALTH: Readonly<Record<string, Schema>> = {
  Live: object({ status: words(['ok']) }),
  Ready: object(
    {
      status: words(['ok', 'unavailable']),
      /** Both for `ops:*` only. */
      record: object({
        engine: TEXT,
        logId: { type: 'string', format: 'uuid' },
        head: said('The last position; -1 when there is none.', { type: 'integer', minimum: -1 }),
        writing: object({ ok: FLAG, reason: TEXT }, ['reason']),
      }),
      views: object({
        checkpoint: { type: 'integer', minimum: -1 },
        lag: said('Events that the views have not yet seen.', COUNT),
        unreadable: list(
          object<keyof Unreadable>({ crisis: CRISIS_ID, position: COUNT, eventId: EVENT_ID, reason: TEXT }),
        ),
      }),
    },
    ['record', 'views'],
  ),
};
