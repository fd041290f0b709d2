import { definitions } from '#catalogue';
import type { ProblemType } from '../../http/problem';
import { json, type Paths, problems } from '../operation';
import { appendHeaders, crisisId, openingHeaders } from '../parameters';
import { oneOf, ref } from '../schema';

export const OUTCOMES = [
  'outcome-unknown',
  'writing-stopped',
  'record-away',
  'record-truncated',
  'record-rewound',
  'record-moved',
  'clock-off',
  'busy',
  'storage-full',
] as const satisfies readonly ProblemType[];
const BODY = [
  'malformed-json',
  'invalid-parameter',
  'body-too-large',
  'invalid-event',
  'event-id-taken',
] as const satisfies readonly ProblemType[];
const HISTORY = [
  'invalid-token',
  'crisis-not-found',
  'amendment-hidden',
  'precondition-failed',
  'unknown-reference',
  'reference-type',
  'marking-too-low',
  'duplicate-id',
] as const satisfies readonly ProblemType[];

const ETAG = { ETag: { description: 'The cursor, quoted: for `If-Match`.', schema: { type: 'string' } } };

const opening = definitions.find(({ type }) => type === 'CrisisOpened')!;
const appended = definitions.filter((definition) => definition !== opening);

/** One for every type, in the order of the catalogue; those that name other events need these to be there. */
const examples = {
  ...Object.fromEntries(
    appended.map(({ type, description, example }) => [type, { summary: `${type}: ${description}`, value: example }]),
  ),
  array: {
    summary: 'Two events: both or neither.',
    value: appended
      .filter(({ type }) => type === 'StrikeReported' || type === 'OfficialStatementIssued')
      .map((its) => its.example),
  },
};

const lines = appended
  .filter(({ type }) => type === 'MediationContactReported' || type === 'SanctionsStatementIssued')
  .map(({ example }) => `${JSON.stringify(example)}\n`)
  .join('');

export const APPENDING: Paths = {
  '/v1/crises': {
    post: {
      operationId: 'openCrisis',
      tags: ['crises'],
      summary: 'Open a crisis',
      description:
        'Answers like an append; revision 0 is the opening. The marking of the opening is the floor of the crisis.',
      parameters: openingHeaders,
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: ref('OpenCrisis'),
            examples: {
              CrisisOpened: { summary: opening.description, value: { crisisId: 'my-crisis', ...opening.example } },
            },
          },
        },
      },
      responses: {
        200: json('Was open already with the same content: the original result', ref('Receipt')),
        201: { ...json('Opened and durable', ref('Receipt')), headers: ETAG },
        ...problems(...BODY, 'crisis-exists', ...OUTCOMES),
      },
    },
  },
  '/v1/crises/{crisisId}/events': {
    post: {
      operationId: 'appendEvents',
      tags: ['events'],
      summary: 'Append one event, an atomic array, or NDJSON',
      description:
        'One event or an array: all or nothing, and 201 means durable. NDJSON: each line is decided on its own, in order, and answered by a line when it is durable; a refused line does not stop the ones after it. Repeating an event with the same id and content answers 200 with the original result.',
      parameters: [crisisId, ...appendHeaders],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: { oneOf: [ref('NewEvent'), { type: 'array', items: ref('NewEvent'), minItems: 1, maxItems: 100 }] },
            examples,
          },
          'application/x-ndjson': {
            schema: { type: 'string', description: 'One `NewEvent` a line.' },
            examples: { lines: { summary: 'Two events, each on its own.', value: lines } },
          },
        },
      },
      responses: {
        200: {
          description: 'Was there already with the same content: the original result. Of NDJSON: a result a line.',
          headers: ETAG,
          content: {
            'application/json': { schema: oneOf('Receipt', 'Receipts') },
            'application/x-ndjson': { schema: { type: 'string', description: 'One `LineResult` a line.' } },
          },
        },
        201: { ...json('Stored and durable', oneOf('Receipt', 'Receipts')), headers: ETAG },
        ...problems(...BODY, ...HISTORY, ...OUTCOMES),
      },
    },
  },
};
