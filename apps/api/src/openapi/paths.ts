import * as parameters from './parameters';

const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const content = (schema: object, type = 'application/json'): object => ({ content: { [type]: { schema } } });
const problem = (description: string): object => ({
  description,
  ...content(ref('Problem'), 'application/problem+json'),
});

const PROBLEMS_OF_A_READ = {
  400: problem('A parameter is not usable'),
  404: problem('No such crisis, event, or not yet known'),
  503: problem('Behind, parked or busy; see Retry-After'),
};
const PROBLEMS_OF_AN_APPEND = {
  400: problem('The body is not JSON this API takes, or a header is not usable'),
  404: problem('No such crisis'),
  412: problem('The crisis has moved on'),
  413: problem('Too large'),
  415: problem('Another content type'),
  422: problem('The event breaks a rule; nothing was stored'),
  503: problem('Outcome unknown, or writing has stopped: send the same again'),
  507: problem('The disk is full'),
};

const answer = (description: string, schema: object): object => ({ description, ...content(schema) });

const get = (
  operationId: string,
  summary: string,
  parameterList: readonly object[],
  schema: string,
  description = '',
): object => ({
  get: {
    operationId,
    summary,
    description,
    parameters: parameterList,
    responses: { 200: answer(summary, ref(schema)), ...PROBLEMS_OF_A_READ },
  },
});

const plain = (operationId: string, summary: string, type = 'application/json'): object => ({
  get: {
    operationId,
    summary,
    responses: { 200: { description: summary, ...content({}, type) }, default: problem('Not available') },
  },
});

const ETAG = { ETag: { description: 'The cursor, quoted: for If-Match.', schema: { type: 'string' } } };

/** Every address of the server. A test holds this list equal to the routes that exist. */
export const PATHS: Readonly<Record<string, Record<string, object>>> = {
  '/v1/crises': {
    ...(get(
      'listCrises',
      'Every crisis with its status in one line and its R',
      [parameters.atLeast],
      'CrisisList',
    ) as Record<string, object>),
    post: {
      operationId: 'openCrisis',
      summary: 'Open a crisis',
      description:
        'Answers like an append; revision 0 is the opening. The marking of the opening is the floor of the crisis.',
      parameters: parameters.appendHeaders,
      requestBody: { required: true, ...content(ref('OpenCrisis')) },
      responses: {
        201: { ...answer('Opened and durable', ref('Receipt')), headers: ETAG },
        200: answer('Was open already with the same content', ref('Receipt')),
        409: problem('Open already'),
        ...PROBLEMS_OF_AN_APPEND,
      },
    },
  },
  '/v1/crises/{crisisId}': get(
    'getCrisis',
    'The frame of a crisis: title, sides, mediators, bodies, issues, model',
    parameters.moment,
    'Crisis',
  ) as Record<string, object>,
  '/v1/crises/{crisisId}/events': {
    ...(get(
      'listEvents',
      'The events of a crisis in the order in which they became known',
      parameters.eventFilters,
      'EventPage',
      'With `Accept: application/x-ndjson` the whole, one event a line.',
    ) as Record<string, object>),
    post: {
      operationId: 'appendEvents',
      summary: 'Append one event, an atomic array, or NDJSON',
      description:
        'One event or an array: all or nothing, and 201 means durable. NDJSON: each line is decided on its own, in order, and answered by a line `{line, status, …}` when it is durable. Repeating an event with the same id and content answers 200 with the original result.',
      parameters: [parameters.crisisId, ...parameters.appendHeaders],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: { oneOf: [ref('NewEvent'), { type: 'array', items: ref('NewEvent'), minItems: 1, maxItems: 100 }] },
          },
          'application/x-ndjson': { schema: { type: 'string', description: 'One event a line.' } },
        },
      },
      responses: {
        201: {
          description: 'Stored and durable',
          headers: ETAG,
          ...content({ oneOf: [ref('Receipt'), ref('Receipts')] }),
        },
        200: {
          description: 'Was there already with the same content; or the results of NDJSON lines',
          content: {
            'application/json': { schema: { oneOf: [ref('Receipt'), ref('Receipts')] } },
            'application/x-ndjson': { schema: { type: 'string' } },
          },
        },
        ...PROBLEMS_OF_AN_APPEND,
      },
    },
  },
  '/v1/crises/{crisisId}/events/{eventId}': get(
    'getEvent',
    'One event with its amendments and what of it is in force',
    [parameters.crisisId, parameters.eventId, parameters.atLeast],
    'EventWithAmendments',
  ) as Record<string, object>,
  '/v1/crises/{crisisId}/status': get('getStatus', 'The diplomatic status', parameters.moment, 'Status') as Record<
    string,
    object
  >,
  '/v1/crises/{crisisId}/risk': get(
    'getRisk',
    'The risk, each number explained by the events behind it',
    parameters.moment,
    'Risk',
  ) as Record<string, object>,
  '/v1/crises/{crisisId}/risk/series': get('getRiskSeries', 'Risk over time', parameters.series, 'Series') as Record<
    string,
    object
  >,
  '/v1/crises/{crisisId}/briefing': {
    get: {
      operationId: 'getBriefing',
      summary: 'A briefing, each sentence citing events',
      parameters: parameters.briefing,
      responses: {
        200: {
          description: 'The briefing',
          content: { 'application/json': { schema: ref('Briefing') }, 'text/markdown': { schema: { type: 'string' } } },
        },
        ...PROBLEMS_OF_A_READ,
      },
    },
  },
  '/v1/schemas/{type}': {
    get: {
      operationId: 'getSchema',
      summary: 'JSON Schema 2020-12 of an event type as it is sent',
      parameters: [{ name: 'type', in: 'path', required: true, schema: { type: 'string' }, example: 'StrikeReported' }],
      responses: {
        200: { description: 'The schema', ...content({ type: 'object' }, 'application/schema+json') },
        404: problem('No such type'),
      },
    },
  },
  '/problems/{type}': {
    get: {
      operationId: 'getProblem',
      summary: 'What a problem type means and what to do next',
      parameters: [{ name: 'type', in: 'path', required: true, schema: { type: 'string' }, example: 'event-id-taken' }],
      responses: { 200: answer('The type', { type: 'object' }), 404: problem('No such type') },
    },
  },
  '/health/live': plain('getLive', 'The process answers') as Record<string, object>,
  '/health/ready': plain('getReady', 'Ready to append and to read, with lag and parked crises') as Record<
    string,
    object
  >,
  '/openapi.json': plain('getOpenApi', 'This document') as Record<string, object>,
  '/docs': plain('getDocs', 'This document, to read and try', 'text/html') as Record<string, object>,
};
