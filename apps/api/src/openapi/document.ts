import { openApiSchemas } from '#catalogue';
import { BUILD } from '../build';
import { ANSWER_SCHEMAS } from './answers';
import { PATHS } from './paths';

/** OpenAPI 3.1: what is sent comes from the catalogue, the rest stands in this folder. */
export function openApiDocument(): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Crisis log',
      version: BUILD,
      description:
        'The system of record for crises: an append-only history of events, from which diplomatic status and risk are computed, explained, and replayed as they were known at any moment. The numbers are gauges of reported events, not forecasts.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths: PATHS,
    components: { schemas: { ...openApiSchemas(), ...ANSWER_SCHEMAS } },
  };
}
