import { definitions } from '#catalogue';
import { PROBLEMS, type ProblemType } from '../../http/problem';
import { json, type Answer, type Operation, type Paths, problems } from '../operation';
import { path } from '../parameters';
import { ref, type Schema, words } from '../schema';

const TEXT: Schema = { type: 'string' };
const TYPES = definitions.map(({ type }) => type);
const FILES = ['start.js', 'swagger-ui-bundle.js', 'swagger-ui.css'];

/** The server about itself. */
const about = (operationId: string, answer: Answer, ...refusals: readonly ProblemType[]): Operation => ({
  operationId,
  tags: ['the server'],
  summary: answer.description,
  responses: { 200: answer, ...problems(...refusals) },
});

const named = (name: string, names: readonly string[], example: string) => ({
  parameters: [path(name, 'Its name.', words(names), example)],
});

const ofVersion = {
  parameters: [
    path('type', 'Its name.', words(TYPES), 'StrikeReported'),
    path('version', 'The one that this build takes and reads.', { type: 'integer', minimum: 1, maximum: 1 }, 1),
  ],
};

const ready = json('Ready to append and to read, with lag and parked crises', ref('Ready'));
const notReady = problems('busy')[503]!;

export const DESCRIPTION: Paths = {
  '/v1/schemas/{type}': {
    get: {
      ...about(
        'getSchema',
        json('JSON Schema 2020-12 of an event type as it is sent', { type: 'object' }, 'application/schema+json'),
        'not-found',
      ),
      ...named('type', TYPES, 'StrikeReported'),
    },
  },
  '/v1/schemas/{type}/{version}': {
    get: {
      ...about(
        'getVersionOfSchema',
        json(
          'JSON Schema of that version, as it is sent: `urn:crisis-log:event:{type}:{version}`',
          { type: 'object' },
          'application/schema+json',
        ),
        'not-found',
      ),
      ...ofVersion,
    },
  },
  '/v1/schemas/{type}/{version}/read': {
    get: {
      ...about(
        'getSchemaAsRead',
        json(
          'JSON Schema of that version, as it is read: the `dataschema` of the feed',
          { type: 'object' },
          'application/schema+json',
        ),
        'not-found',
      ),
      ...ofVersion,
    },
  },
  '/problems/{type}': {
    get: {
      ...about('getProblem', json('What a problem type means and what to do next', ref('ProblemType')), 'not-found'),
      ...named('type', Object.keys(PROBLEMS), 'event-id-taken'),
    },
  },
  '/health/live': { get: about('getLive', json('The process answers', ref('Live'))) },
  '/health/ready': {
    get: {
      ...about('getReady', ready),
      responses: {
        ...problems(),
        200: ready,
        503: { ...notReady, content: { ...notReady.content, ...ready.content } },
      },
    },
  },
  '/metrics': {
    get: about('getMetrics', json('Measures of this instance, for Prometheus', TEXT, 'text/plain'), 'busy'),
  },
  '/': { get: about('getStart', json('What this is, and where to go from here', TEXT, 'text/html')) },
  '/openapi.json': { get: about('getOpenApi', json('This document', { type: 'object' })) },
  '/asyncapi.json': {
    get: about('getAsyncApi', json('The streams, as AsyncAPI 3', { type: 'object' })),
  },
  '/docs': { get: about('getDocs', json('This document, to read and try', TEXT, 'text/html')) },
  '/docs/{file}': {
    get: {
      ...about(
        'getDocsFile',
        {
          description: 'A part of that page',
          content: { 'text/javascript': { schema: TEXT }, 'text/css': { schema: TEXT } },
        },
        'not-found',
      ),
      ...named('file', FILES, 'start.js'),
    },
  },
};
