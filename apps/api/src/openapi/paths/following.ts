import { definitions } from '#catalogue';
import { type Answer, json, type Paths, problems } from '../operation';
import { crisisId, feedFilters, feedStart, feedWait, lastEventId } from '../parameters';
import { ref } from '../schema';

const filters = feedFilters(definitions.map(({ type }) => type));
const OF_THE_FEED = [
  'invalid-parameter',
  'invalid-token',
  'crisis-not-found',
  'cursor-level-changed',
  'behind',
  'access-log',
  'busy',
] as const;

const eventStream = (description: string): Answer => ({
  description,
  content: { 'text/event-stream': { schema: { type: 'string' } } },
});

const viewStream = (operationId: string, summary: string): Paths[string] => ({
  get: {
    operationId,
    tags: ['following'],
    summary,
    description:
      '`event: state`, `data:` a `ViewState`: first the view as it is, then each change with its cause: events, or the passing of time. Who reads slowly misses states in between, never the latest. A state of the same point, `at` and level has the same digest everywhere.',
    parameters: [crisisId],
    responses: {
      200: eventStream('States as they come'),
      ...problems(
        'invalid-parameter',
        'crisis-not-found',
        'not-yet-known',
        'view-parked',
        'behind',
        'access-log',
        'busy',
      ),
    },
  },
});

export const FOLLOWING: Paths = {
  '/v1/crises/{crisisId}/status/stream': viewStream('streamStatus', 'The diplomatic status, followed'),
  '/v1/crises/{crisisId}/risk/stream': viewStream('streamRisk', 'The risk, followed'),
  '/v1/feed': {
    get: {
      operationId: 'pullFeed',
      tags: ['following'],
      summary: 'The events of all crises in the order in which they became known, a page at a time',
      description:
        'Each item is at its own position if you could see it then, and at its release otherwise. With `wait` an empty page is answered only when something comes or the time is over.',
      parameters: [...filters, feedStart, ...feedWait],
      responses: { 200: json('The next items', ref('FeedPage')), ...problems(...OF_THE_FEED) },
    },
  },
  '/v1/feed/stream': {
    get: {
      operationId: 'streamFeed',
      tags: ['following'],
      summary: 'The same as server-sent events, without end',
      description:
        '`event:` is `event`, `release`, `withdraw`, or `caught-up` when nothing more was there; `data:` is a `FeedItem`, of `caught-up` its cursor; `id:` is the cursor. A comment every 15 s of silence. See /asyncapi.json.',
      parameters: [...filters, feedStart, lastEventId],
      responses: { 200: eventStream('Items as they come'), ...problems(...OF_THE_FEED) },
    },
  },
  '/v1/feed/snapshot': {
    get: {
      operationId: 'getSnapshot',
      tags: ['following'],
      summary: 'What is in force now, and the cursor from which to follow',
      description:
        'One event a line: reports as last corrected, without the retracted ones, and the events of the frame. The last line is `{"cursor"}`; without it the answer is not whole.',
      parameters: filters,
      responses: {
        200: {
          description: 'A `SnapshotLine` a line',
          content: { 'application/x-ndjson': { schema: { type: 'string' } } },
        },
        ...problems(...OF_THE_FEED),
      },
    },
  },
};
