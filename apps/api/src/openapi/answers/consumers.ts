import { TLP } from '#catalogue';
import { COUNT, CRISIS_ID, EVENT_ID, FLAG, list, object, ref, said, type Schema, TEXT, TIME, words } from '../schema';

const LEASE = said('Say it with what becomes of the items.', { type: 'string', pattern: '^[1-9][0-9]*$' });
const ITEM_ID = said('The `id` of the item.', { type: 'string', format: 'uuid' });
const ATTEMPTS = said('How often it has been handed out.', COUNT);
const START = said('`beginning` (default), `head`, or a cursor of the feed.', TEXT);
const LEVEL = said('Of whoever made it, when it was made.', words(TLP));
const filters = { crisis: CRISIS_ID, type: said('As in the feed.', TEXT), actor: TEXT };
const maxAttempts = said('How often an item is handed out before it is parked.', {
  type: 'integer',
  minimum: 1,
  maximum: 100,
  default: 5,
});

export const CONSUMERS: Readonly<Record<string, Schema>> = {
  NewConsumer: object({ ...filters, start: START, maxAttempts }, ['crisis', 'type', 'actor', 'start', 'maxAttempts']),
  Consumer: object(
    {
      name: TEXT,
      ...filters,
      level: LEVEL,
      maxAttempts,
      leases: said(
        'Who works on what; also one whose time is over, until the items go to another worker.',
        list(object({ lease: LEASE, crisisId: CRISIS_ID, items: COUNT, expiresAt: TIME })),
      ),
      retries: said(
        'Crises held back by an item that was refused.',
        list(object({ crisisId: CRISIS_ID, id: ITEM_ID, attempts: ATTEMPTS, retryAt: TIME })),
      ),
      parked: said('How many.', COUNT),
    },
    ['crisis', 'type', 'actor'],
  ),
  ConsumerList: object({
    consumers: list(object({ name: TEXT, ...filters, level: LEVEL, maxAttempts }, ['crisis', 'type', 'actor'])),
  }),
  ConsumerRemoved: object({ removed: { const: true } }),
  ConsumerBatch: object(
    {
      lease: LEASE,
      crisisId: CRISIS_ID,
      expiresAt: said('Until then nobody else gets anything of this crisis.', TIME),
      attempt: said('Of the first item; the first is 1.', COUNT),
      items: said(
        'Of one crisis, in order. Empty, and without the rest, when there is nothing.',
        list(ref('FeedItem')),
      ),
    },
    ['lease', 'crisisId', 'expiresAt', 'attempt'],
  ),
  Acknowledgement: object(
    { lease: LEASE, through: said('The last item that is done; default all of the lease.', ITEM_ID) },
    ['through'],
  ),
  Acknowledged: object({ acknowledged: said('How many items.', COUNT) }),
  Refusal: object(
    {
      lease: LEASE,
      delaySeconds: said('Default: 2, 4, 8 … up to 300.', { type: 'integer', minimum: 0, maximum: 86_400 }),
    },
    ['delaySeconds'],
  ),
  Refused: {
    anyOf: [
      object({ retryAt: said('It comes again then, by itself.', TIME) }),
      object({ parked: said('It was its last attempt; the crisis goes on without it.', { const: true }) }),
    ],
  },
  Parked: object({
    parked: list(
      object({
        id: ITEM_ID,
        eventId: EVENT_ID,
        crisisId: CRISIS_ID,
        attempts: ATTEMPTS,
        parkedAt: TIME,
        isReplayed: said('It is to be handed out again.', FLAG),
      }),
    ),
  }),
  ParkedReplay: object({ ids: said('Default: all that are parked.', list(ITEM_ID, { maxItems: 1000 })) }, ['ids']),
  Replayed: object({
    replayed: said('What comes again, each by itself, before the rest of its crisis.', list(ITEM_ID)),
  }),
};
