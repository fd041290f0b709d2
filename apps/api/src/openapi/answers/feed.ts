import { definitions } from '#catalogue';
import {
  CRISIS_ID,
  EVENT_ID,
  FLAG,
  list,
  object,
  oneOf,
  ref,
  said,
  type Schema,
  TEXT,
  TIME,
  TOKEN,
  words,
} from '../schema';

const cloudEvent = (items: readonly string[], data: Schema, optional: Record<string, Schema> = {}): Schema =>
  object<string>(
    {
      specversion: words(['1.0']),
      id: said(
        'The eventId; of a release or withdrawal a UUIDv5 of it and the change of marking. Whoever gets an id twice has the item already.',
        { type: 'string', format: 'uuid' },
      ),
      source: said('The log and the crisis.', TEXT),
      type: said('Of the event.', words(definitions.map(({ type }) => type))),
      subject: EVENT_ID,
      time: said('When it was recorded; of a release or withdrawal the change of marking.', TIME),
      datacontenttype: words(['application/json']),
      ...optional,
      crisisid: CRISIS_ID,
      item: words(items),
      data,
    },
    Object.keys(optional),
  );

export const FEED: Readonly<Record<string, Schema>> = {
  FeedItem: said('CloudEvents 1.0.', oneOf('FeedEvent', 'FeedWithdrawal')),
  FeedEvent: said(
    '`event`: newly recorded. `release`: recorded earlier, and visible to you now by a change of marking. `marking` is the one at that point of the record.',
    cloudEvent(['event', 'release'], ref('Event'), {
      dataschema: said(
        '`urn:crisis-log:event:{type}:{version}:read`: GET /v1/schemas/{type}/{version}/read. Not for what this build cannot read.',
        { type: 'string', format: 'uri' },
      ),
    }),
  ),
  FeedWithdrawal: said(
    'No longer visible to you by a change of marking: which it is, and no more. You may not have seen it.',
    cloudEvent(['withdraw'], object({ eventId: EVENT_ID, crisisId: CRISIS_ID })),
  ),
  CaughtUp: object({ cursor: TOKEN }),
  FeedPage: object({
    items: list(ref('FeedItem')),
    cursor: said('Send it as `after`: keep it together with what you made of the items.', TOKEN),
    caughtUp: said('Nothing more was there.', FLAG),
  }),
  ViewState: object({
    cause: said('Why there is a new state; null for the first.', {
      anyOf: [
        object({
          events: said('What was recorded, released or withdrawn; the last hundred of them.', list(EVENT_ID)),
        }),
        object({ time: said('The minute that came.', TIME) }),
        { type: 'null' },
      ],
    }),
    state: oneOf('Status', 'Risk'),
  }),
  SnapshotLine: {
    anyOf: [ref('Event'), ref('CorrectedEvent'), ref('CaughtUp')],
  },
};
