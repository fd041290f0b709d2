import { ACTOR_CODE, CRISIS_ID, EVENT_ID, type Schema, TIME, TOKEN, words } from './schema';

/**
 * Parameters that several operations share, as OpenAPI 3.1 parameter objects. The examples fit together and
 * to the example crisis, so that whoever tries an operation as it is filled in gets an answer.
 */
interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: true;
  readonly description: string;
  readonly schema: Schema;
  readonly example?: string | number;
}

const parameter =
  (where: Parameter['in']) =>
  (name: string, description: string, schema: Schema, example?: string | number): Parameter => ({
    name,
    in: where,
    ...(where === 'path' && { required: true }),
    description,
    schema,
    ...(example !== undefined && { example }),
  });
export const path = parameter('path');
const query = parameter('query');
const required = (its: Parameter): Parameter => ({ ...its, required: true });
const header = parameter('header');

export const crisisId = path('crisisId', 'The name of the crisis.', CRISIS_ID, 'us-iran');
export const eventId = path(
  'eventId',
  'Of any event, amendments too.',
  EVENT_ID,
  '0194ce41-b400-7000-8000-000000000001',
);

export const at = query(
  'at',
  'The moment of the world, floored to the minute; at most 60 s ahead. Default: the time of `asOf` if given, else now.',
  TIME,
  '2025-06-24T12:00:00Z',
);

export const asOf = query(
  'asOf',
  'The point of the record: what was known then. A time, or a cursor from an earlier answer; only the cursor is exact. Default: the head.',
  { anyOf: [TIME, TOKEN] },
);

export const model = query(
  'model',
  'A version of the risk model. Default: the one that was active at `asOf`.',
  { type: 'string' },
  '1',
);

export const atLeast = query(
  'atLeast',
  'Answer with at least what this cursor names (read-your-writes); an instance that is behind waits up to 2 s, then answers 503.',
  TOKEN,
);

export const moment = [crisisId, at, asOf, model, atLeast];

export const series = [
  crisisId,
  query('from', 'First moment. Default: 30 days before `to`.', TIME, '2025-06-01T00:00:00Z'),
  query('to', 'Last moment, later than `from`. Default: now.', TIME, '2025-07-01T00:00:00Z'),
  query('points', 'How many, evenly spaced.', { type: 'integer', minimum: 2, maximum: 1000, default: 120 }, 31),
  query('knowledge', '`now`: every moment with what `asOf` knows; `then`: with what was known at that moment.', {
    ...words(['now', 'then']),
    default: 'now',
  }),
  asOf,
  model,
  atLeast,
];

export const briefing = [
  ...moment,
  query('days', 'How far back "what changed" reaches.', { type: 'integer', minimum: 1, maximum: 90, default: 7 }),
  query('format', 'Also by `Accept: text/markdown`.', { ...words(['json', 'markdown']), default: 'json' }),
];

/** Filters that listing and following share. */
const whatAndWho = (types: readonly string[]): Parameter[] => [
  query(
    'type',
    'One or more types, comma-separated.',
    { type: 'string', pattern: `^(${types.join('|')})(,(${types.join('|')}))*$` },
    'StrikeReported,RetaliationReported',
  ),
  query('actor', 'A CAMEO actor code anywhere in the event, or the beginning of one.', ACTOR_CODE, 'IRN'),
];

export const eventFilters = (types: readonly string[]): Parameter[] => [
  crisisId,
  ...whatAndWho(types),
  query('from', '`occurredAt` at or after.', TIME, '2025-06-01T00:00:00Z'),
  query('to', '`occurredAt` at or before.', TIME, '2025-07-01T00:00:00Z'),
  query(
    'q',
    'Words that must all occur, in any order, at most 16; the last may be a beginning.',
    { type: 'string', pattern: '[\\p{L}\\p{N}]' },
    'Natanz',
  ),
  query('correlationId', 'The correlation id that was given at append.', { type: 'string' }),
  query('after', '`next` of the page before.', TOKEN),
  query('limit', 'Events a page.', { type: 'integer', minimum: 1, maximum: 1000, default: 100 }),
  atLeast,
];

export const feedFilters = (types: readonly string[]): Parameter[] => [
  query('crisis', 'Only this crisis, at the level that you have there.', CRISIS_ID, 'us-iran'),
  ...whatAndWho(types),
];

export const feedStart = query(
  'after',
  'Where to go on: `cursor` of an answer to the same filters, the cursor of a receipt or a view, or `head` for only what is still to come. Default: from the beginning.',
  { anyOf: [TOKEN, { const: 'head' }] },
);

export const feedWait = [
  query('limit', 'Items a page.', { type: 'integer', minimum: 1, maximum: 1000, default: 100 }),
  query('wait', 'Seconds to wait where nothing has come yet.', {
    type: 'integer',
    minimum: 0,
    maximum: 30,
    default: 0,
  }),
];

export const consumerName = path(
  'name',
  'Of the consumer, among those of the principal.',
  { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64 },
  'my-dashboard',
);

export const nextParameters = [
  query('limit', 'Items at most.', { type: 'integer', minimum: 1, maximum: 100, default: 10 }),
  query('lease', 'Seconds until what is not acknowledged goes to another worker.', {
    type: 'integer',
    minimum: 1,
    maximum: 3600,
    default: 30,
  }),
  feedWait[1]!,
];

export const lastEventId = header('Last-Event-ID', 'The `id:` of the last event; before `after`.', TOKEN);
const crisis = required(query('crisis', 'The name of the crisis.', CRISIS_ID, 'us-iran'));
const shownTo = (description: string): Parameter =>
  query('shownTo', description, words(['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED']), 'RED');

export const inclusion = [
  crisis,
  required(query('eventId', eventId.description, EVENT_ID, '0194ce41-b400-7000-8000-000000000001')),
];

const size = (name: string, description: string, example: number): Parameter =>
  required(query(name, description, { type: 'integer', minimum: 1, maximum: 999_999_999 }, example));

export const consistency = [
  size('from', 'The size of an earlier tree head.', 1),
  size('to', 'The size of a later one, at most that of the last.', 2),
];

export const bundle = [
  crisis,
  query(
    'without',
    'Parts to leave out of every event.',
    { type: 'string', pattern: '^(refs|sources)(,(refs|sources))?$' },
    'refs,sources',
  ),
  shownTo('For a reader of this level, at most your own.'),
];

export const replay = [
  crisis,
  at,
  asOf,
  shownTo(
    'As it was shown to this level, by the markings then in force: for readers at RED. `asOf` may then be a cursor of any level; your own, and a time, are exact.',
  ),
];

export const diff = [
  crisis,
  at,
  { ...asOf, name: 'asOfA', description: 'One point of the record: a time or a cursor. Default: the time of `at`.' },
  { ...asOf, name: 'asOfB', description: 'The other. Default: the head.' },
];

export const atLeastOnly = [atLeast];

const CORRELATION = { type: 'string', pattern: '^[A-Za-z0-9._:@/+=-]{1,128}$' };

export const openingHeaders = [
  header(
    'Idempotency-Key',
    'A UUID: the eventId of an event that brings none; with both they must be the same.',
    EVENT_ID,
  ),
  header('X-Correlation-Id', 'Stored with the event; default its own id.', CORRELATION),
  header('X-Causation-Id', 'Stored with the event.', CORRELATION),
];

export const appendHeaders = [
  header(
    'Idempotency-Key',
    'A UUID: the eventId of a single event that brings none; element or line i (from 0) gets UUIDv5(key, i).',
    EVENT_ID,
  ),
  header(
    'If-Match',
    'The ETag of an earlier answer: append only if nothing visible to me came since. `*`: if the crisis exists. Not with NDJSON.',
    { anyOf: [{ const: '*' }, { type: 'string', pattern: '^"[A-Za-z0-9_-]{60,200}"$' }] },
  ),
  ...openingHeaders.slice(1),
];
