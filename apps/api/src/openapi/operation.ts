import { PROBLEMS, type ProblemType } from '../http/problem';
import { ref, type Schema } from './schema';

/** An answer: its media types with their schemas, by status. */
export interface Answer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, object>>;
  readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly object[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<number, Answer>>;
}

export type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

export const json = (description: string, schema: Schema, type = 'application/json'): Answer => ({
  description,
  content: { [type]: { schema } },
});

/** What any request may meet, whatever its address. */
const ANYWHERE = [
  'malformed-request',
  'unauthenticated',
  'scope-missing',
  'too-many-requests',
  'foreign-origin',
  'request-timeout',
  'expectation-failed',
  'unsupported-media-type',
  'unknown-host',
  'headers-too-large',
  'internal',
  'issuer-unreachable',
  'draining',
  'record-altered',
  'split-view',
] as const satisfies readonly ProblemType[];

const RETRY_AFTER = { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } };

/** The refusals of an operation, by status: each status says which types of problem it may be. */
export function problems(...types: readonly ProblemType[]): Record<number, Answer> {
  const byStatus = Map.groupBy(new Set([...types, ...ANYWHERE]), (type) => PROBLEMS[type][0]);
  return Object.fromEntries([...byStatus].map(([status, its]) => [status, problem(status, its)]));
}

const problem = (status: number, types: readonly ProblemType[]): Answer => ({
  description: types.map((type) => `\`${type}\`: ${PROBLEMS[type][1]}.`).join(' '),
  ...([429, 503, 507].includes(status) && { headers: RETRY_AFTER }),
  content: {
    'application/problem+json': {
      schema: {
        allOf: [
          ref('Problem'),
          { properties: { type: { enum: types.map((type) => `/problems/${type}`) }, status: { const: status } } },
        ],
      },
    },
  },
});
