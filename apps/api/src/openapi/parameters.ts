/** Parameters that several operations share, as OpenAPI 3.1 parameter objects. */

const query = (name: string, description: string, schema: object, example?: string): object => ({
  name,
  in: 'query',
  description,
  schema,
  ...(example !== undefined && { example }),
});

const TIME = { type: 'string', format: 'date-time', pattern: 'Z$' };
const TOKEN = { type: 'string' };

export const crisisId = {
  name: 'crisisId',
  in: 'path',
  required: true,
  schema: { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64 },
  example: 'us-iran',
};

export const eventId = { name: 'eventId', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } };

export const at = query(
  'at',
  'The moment of the world, floored to the minute; at most 60 days ahead. Default: the time of `asOf` if given, else now.',
  TIME,
);

export const asOf = query(
  'asOf',
  'The point of the record: what was known then. A time, or a cursor from an earlier answer; only the cursor is exact.',
  { anyOf: [TIME, TOKEN] },
);

export const model = query('model', 'A version of the risk model. Default: the one that was active at `asOf`.', {
  type: 'string',
});

export const atLeast = query(
  'atLeast',
  'Answer with at least what this cursor names (read-your-writes); an instance that is behind waits up to 2 s, then answers 503.',
  TOKEN,
);

export const moment = [crisisId, at, asOf, model, atLeast];

export const series = [
  crisisId,
  query('from', 'First moment. Default: 30 days before `to`.', TIME),
  query('to', 'Last moment. Default: now.', TIME),
  query('points', 'How many, evenly spaced.', { type: 'integer', minimum: 2, maximum: 1000, default: 120 }),
  query('knowledge', '`now`: every moment with what `asOf` knows; `then`: with what was known at that moment.', {
    enum: ['now', 'then'],
    default: 'now',
  }),
  asOf,
  model,
  atLeast,
];

export const briefing = [
  ...moment,
  query('days', 'How far back "what changed" reaches.', { type: 'integer', minimum: 1, maximum: 90, default: 7 }),
  query('format', 'Also by `Accept: text/markdown`.', { enum: ['json', 'markdown'], default: 'json' }),
];

export const eventFilters = [
  crisisId,
  query('type', 'One or more types, comma-separated.', { type: 'string' }, 'StrikeReported,RetaliationReported'),
  query(
    'actor',
    'A CAMEO actor code anywhere in the event, or the beginning of one.',
    { type: 'string', pattern: '^[A-Z]{3,15}$' },
    'IRN',
  ),
  query('from', '`occurredAt` at or after.', TIME),
  query('to', '`occurredAt` at or before.', TIME),
  query('q', 'Words that must all occur; the last may be a beginning.', { type: 'string' }, 'Muscat'),
  query('correlationId', 'The correlation id that was given at append.', { type: 'string' }),
  query('after', '`next` of the page before.', TOKEN),
  query('limit', 'Events a page.', { type: 'integer', minimum: 1, maximum: 1000, default: 100 }),
  atLeast,
];

const header = (name: string, description: string, schema: object): object => ({
  name,
  in: 'header',
  description,
  schema,
});

export const appendHeaders = [
  header(
    'Idempotency-Key',
    'A UUID: the eventId of a single event that brings none; element or line i gets UUIDv5(key, i).',
    { type: 'string', format: 'uuid' },
  ),
  header(
    'If-Match',
    'The ETag of an earlier answer: append only if nothing visible to me came since. `*`: if the crisis exists.',
    { type: 'string' },
  ),
  header('X-Correlation-Id', 'Stored with the event; default its own id.', { type: 'string', maxLength: 128 }),
  header('X-Causation-Id', 'Stored with the event.', { type: 'string', maxLength: 128 }),
];
