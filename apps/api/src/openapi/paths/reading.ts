import { definitions } from '#catalogue';
import { json, type Paths, problems } from '../operation';
import { atLeastOnly, atLeast, crisisId, eventFilters, eventId, moment } from '../parameters';
import { ref } from '../schema';

const types = definitions.map(({ type }) => type);

export const READING: Paths = {
  '/v1/crises': {
    get: {
      operationId: 'listCrises',
      tags: ['crises'],
      summary: 'Every crisis, with its status in one line and its R',
      parameters: atLeastOnly,
      responses: {
        200: json('By name', ref('CrisisList')),
        ...problems('invalid-parameter', 'invalid-token', 'behind', 'access-log', 'busy'),
      },
    },
  },
  '/v1/crises/{crisisId}': {
    get: {
      operationId: 'getCrisis',
      tags: ['crises'],
      summary: 'The frame of a crisis: title, sides, mediators, bodies, issues, model',
      parameters: moment,
      responses: {
        200: json('As in force at the moment', ref('Crisis')),
        ...problems(
          'invalid-parameter',
          'invalid-token',
          'crisis-not-found',
          'not-yet-known',
          'behind',
          'view-parked',
          'access-log',
          'busy',
        ),
      },
    },
  },
  '/v1/crises/{crisisId}/events': {
    get: {
      operationId: 'listEvents',
      tags: ['events'],
      summary: 'The events of a crisis in the order in which they became known',
      description:
        'A page; or, with `Accept: application/x-ndjson`, the whole, one event a line, as it was sent and can be sent elsewhere, with what the server knows beside it.',
      parameters: eventFilters(types),
      responses: {
        200: {
          description: 'A page, or all',
          headers: {
            ETag: {
              description: 'Of the crisis as it is now: for `If-Match`. Not with NDJSON.',
              schema: { type: 'string' },
            },
          },
          content: {
            'application/json': { schema: ref('EventPage') },
            'application/x-ndjson': { schema: { type: 'string' } },
          },
        },
        ...problems('invalid-parameter', 'invalid-token', 'crisis-not-found', 'behind', 'access-log', 'busy'),
      },
    },
  },
  '/v1/crises/{crisisId}/events/{eventId}': {
    get: {
      operationId: 'getEvent',
      tags: ['events'],
      summary: 'One event with its amendments, and what of it is in force',
      parameters: [crisisId, eventId, atLeast],
      responses: {
        200: json('The event', ref('EventWithAmendments')),
        ...problems(
          'invalid-parameter',
          'invalid-token',
          'crisis-not-found',
          'event-not-found',
          'behind',
          'access-log',
          'busy',
        ),
      },
    },
  },
};
