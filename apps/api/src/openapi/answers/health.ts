import type { Unreadable } from '#projections';
import { COUNT, CRISIS_ID, EVENT_ID, FLAG, list, object, said, type Schema, TEXT, words } from '../schema';

const MIRROR = object(
  {
    state: words(['live', 'catching-up', 'away', 'stopped']),
    reason: TEXT,
    behindMs: said('Since when, in milliseconds, it may lack events; 0 while it is live.', COUNT),
  },
  ['reason'],
);

export const HEALTH: Readonly<Record<string, Schema>> = {
  Live: object({ status: words(['ok']) }),
  Ready: object(
    {
      status: words(['ok', 'unavailable']),
      /** Both for `ops:*` only. */
      record: object(
        {
          engine: words(['sqlite', 'eventstoredb']),
          logId: { type: 'string', format: 'uuid' },
          head: said('The last position; -1 when there is none.', { type: 'integer', minimum: -1 }),
          writing: object({ ok: FLAG, reason: TEXT }, ['reason']),
          mirror: said('Of a record in EventStoreDB: is this copy of it whole?', MIRROR),
          fault: said(
            'Of a record that was altered: nothing of it is served.',
            object(
              {
                kind: said(
                  'These events are not what was recorded; a signed head is not of them; a file of keys is to be mended.',
                  words(['record', 'split-view', 'key']),
                ),
                message: TEXT,
                position: COUNT,
                to: COUNT,
              },
              ['position', 'to'],
            ),
          ),
        },
        ['mirror', 'fault'],
      ),
      views: object({
        checkpoint: { type: 'integer', minimum: -1 },
        lag: said('Events that the views have not yet seen.', COUNT),
        unreadable: object({
          count: said('Events that this build cannot read.', COUNT),
          first: list(
            object<keyof Unreadable>({ crisis: CRISIS_ID, position: COUNT, eventId: EVENT_ID, reason: TEXT }),
            { maxItems: 10 },
          ),
        }),
      }),
    },
    ['record', 'views'],
  ),
};
