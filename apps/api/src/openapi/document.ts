import { openApiSchemas } from '#catalogue';
import type { Needed } from '../access/guard';
import { BUILD } from '../build';
import { ANSWER_SCHEMAS } from './answers';
import { PATHS } from './paths';
import { CRISIS_ID, said, type Schema } from './schema';
import { secured, SECURITY_SCHEMES } from './security';

const DESCRIPTION = `The system of record for crises: an append-only history of events, from which diplomatic status and risk are
computed, explained, and replayed as they were known at any moment. The numbers are gauges of reported events, not forecasts.

Every refusal is a problem (RFC 9457) that says in \`next\` what to do. Times are UTC. Cursors and ETags are opaque.`;

const TAGS = [
  { name: 'crises', description: 'Open one; which there are, and what each is about.' },
  { name: 'events', description: 'The record: what is appended stays.' },
  {
    name: 'views',
    description: 'Computed from the record, at any moment of the world (`at`) and of the record (`asOf`).',
  },
  { name: 'following', description: 'For programs that act on what comes: without missing or repeating anything.' },
  { name: 'the server', description: 'About itself.' },
];

/** OpenAPI 3.1: what is sent comes from the catalogue, who may send it from the routes, the rest stands in this folder. */
export function openApiDocument(needed: Needed): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Crisis log',
      version: BUILD,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: TAGS,
    paths: secured(PATHS, needed),
    components: {
      securitySchemes: SECURITY_SCHEMES,
      schemas: documentSchemas(),
    },
  };
}

/** By name: what is sent, and what is answered. */
export function documentSchemas(): Record<string, Schema> {
  const sent = openApiSchemas();
  return distinct(sent, { OpenCrisis: openCrisis(sent['CrisisOpened']!) }, ...ANSWER_SCHEMAS);
}

/** The event `CrisisOpened` with the crisis it opens beside it; what it is need not be said. */
function openCrisis({ examples: _examples, ...opened }: Schema): Schema {
  const required = (opened['required'] as readonly string[]).filter((name) => name !== 'type');
  const properties = opened['properties'] as Readonly<Record<string, Schema>>;
  return {
    ...opened,
    title: 'OpenCrisis',
    properties: { crisisId: said('Its name, for good.', CRISIS_ID), ...properties },
    required: ['crisisId', ...required],
  };
}

/** A name that two schemas had would silently be the last one's. */
function distinct(...parts: readonly Readonly<Record<string, Schema>>[]): Record<string, Schema> {
  const all = parts.flatMap((part) => Object.entries(part));
  const twice = all.find(([name], i) => all.findIndex(([other]) => other === name) !== i);
  if (twice) throw new Error(`two schemas of the name ${twice[0]}`);
  return Object.fromEntries(all);
}
