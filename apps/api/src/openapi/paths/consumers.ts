import { type Answer, json, type Operation, type Paths, problems } from '../operation';
import { consumerName, nextParameters } from '../parameters';
import { ref } from '../schema';
import { OUTCOMES } from './appending';

const OF_A_CONSUMER = [
  'invalid-parameter',
  'consumer-not-found',
  'cursor-level-changed',
  'behind',
  ...OUTCOMES,
] as const;
const OF_A_BODY = ['malformed-json', 'body-too-large'] as const;
const OF_A_READ = ['crisis-not-found', 'behind', 'access-log'] as const;

const about = (
  operationId: string,
  summary: string,
  description: string,
  more: Pick<Operation, 'responses'> & Partial<Operation>,
): Operation => ({ operationId, tags: ['following'], summary, description, parameters: [consumerName], ...more });

const body = (schema: string, summary: string, value: object): object => ({
  required: true,
  content: { 'application/json': { schema: ref(schema), examples: { [schema]: { summary, value } } } },
});

const settling = (answer: Answer): Operation['responses'] => ({
  200: answer,
  ...problems(...OF_A_CONSUMER, ...OF_A_BODY, 'lease-lost'),
});

export const CONSUMERS: Paths = {
  '/v1/consumers': {
    get: {
      operationId: 'listConsumers',
      tags: ['following'],
      summary: 'Your named consumers',
      description: 'Of the principal that asks, by name. At most 50.',
      responses: { 200: json('What each was made with', ref('ConsumerList')), ...problems(...OUTCOMES) },
    },
  },
  '/v1/consumers/{name}': {
    put: about(
      'makeConsumer',
      'Make a named consumer',
      'For those who cannot keep a cursor: the record keeps it. Names are those of a principal. The same again changes nothing; what it begins with is settled when it is first made.',
      {
        requestBody: body('NewConsumer', 'The strikes of one crisis', { crisis: 'us-iran', type: 'StrikeReported' }),
        responses: {
          200: json('Was there already', ref('Consumer')),
          201: json('Made and durable', ref('Consumer')),
          ...problems(
            'invalid-parameter',
            'invalid-token',
            'cursor-level-changed',
            'consumer-exists',
            'too-many-consumers',
            ...OUTCOMES,
            ...OF_A_BODY,
            ...OF_A_READ,
          ),
        },
      },
    ),
    get: about(
      'getConsumer',
      'A named consumer',
      'What is leased, what waits for another attempt, how many are parked.',
      {
        responses: { 200: json('As the record has it', ref('Consumer')), ...problems(...OF_A_CONSUMER) },
      },
    ),
    delete: about('removeConsumer', 'Remove a named consumer', 'With its leases and its parked items.', {
      responses: {
        200: json('Removed', ref('ConsumerRemoved')),
        ...problems('invalid-parameter', 'consumer-not-found', ...OUTCOMES),
      },
    }),
  },
  '/v1/consumers/{name}/next': {
    get: about(
      'getNext',
      'Lease the next items of one crisis',
      'At least once, in the order of the crisis. Several workers may ask: each gets another crisis. What is not acknowledged before the lease ends goes to another worker, the first item by itself. With `wait` an empty answer comes only when the time is over.',
      {
        parameters: [consumerName, ...nextParameters],
        responses: {
          200: json('What there is', ref('ConsumerBatch')),
          ...problems(...OF_A_CONSUMER, 'crisis-not-found', 'access-log'),
        },
      },
    ),
  },
  '/v1/consumers/{name}/ack': {
    post: about('acknowledge', 'Items are done', 'All of a lease, or all up to one. Durable when it is answered.', {
      requestBody: body('Acknowledgement', 'All of the lease', { lease: '1' }),
      responses: settling(json('Done', ref('Acknowledged'))),
    }),
  },
  '/v1/consumers/{name}/nack': {
    post: about(
      'refuse',
      'An item failed',
      'The first that is not acknowledged; the rest of the lease goes back with it. It comes again after the delay and holds its crisis back until it is acknowledged or, after so many attempts, parked.',
      {
        requestBody: body('Refusal', 'Again in ten seconds', { lease: '1', delaySeconds: 10 }),
        responses: settling(json('Comes again, or is parked', ref('Refused'))),
      },
    ),
  },
  '/v1/consumers/{name}/parked': {
    get: about('listParked', 'What was given up on', 'In the order in which it was parked; at most 1,000.', {
      responses: { 200: json('Ids only', ref('Parked')), ...problems(...OF_A_CONSUMER) },
    }),
  },
  '/v1/consumers/{name}/parked/replay': {
    post: about(
      'replayParked',
      'Hand parked items out again',
      'Out of their order, each by itself, with all attempts anew.',
      {
        requestBody: body('ParkedReplay', 'All', {}),
        responses: {
          200: json('What comes again', ref('Replayed')),
          ...problems(...OF_A_CONSUMER, ...OF_A_BODY),
        },
      },
    ),
  },
};
