import type { ProblemType } from '../../http/problem';
import { json, type Operation, type Paths, problems } from '../operation';
import { bundle, consistency, diff, inclusion, replay } from '../parameters';
import { ref } from '../schema';

const audit = (
  operationId: string,
  summary: string,
  parameters: readonly object[],
  schema: string,
  ...refusals: readonly ProblemType[]
): Operation => ({
  operationId,
  tags: ['audit'],
  summary,
  ...(parameters.length > 0 && { parameters }),
  responses: { 200: json(summary, ref(schema)), ...problems('invalid-parameter', 'busy', ...refusals) },
});

const OF_A_VIEW = [
  'invalid-token',
  'crisis-not-found',
  'not-yet-known',
  'behind',
  'view-parked',
  'access-log',
] as const;

export const AUDIT: Paths = {
  '/v1/audit/tree-head': {
    get: audit(
      'getTreeHead',
      'The signed tree head over everything acknowledged so far',
      [],
      'TreeHead',
      'no-tree-head',
    ),
  },
  '/v1/audit/proofs/inclusion': {
    get: audit(
      'getInclusionProof',
      'That an event is in the log (RFC 6962, 2.1.1)',
      inclusion,
      'InclusionProof',
      'no-tree-head',
      'crisis-not-found',
      'event-not-found',
      'behind',
    ),
  },
  '/v1/audit/proofs/consistency': {
    get: audit(
      'getConsistencyProof',
      'That the log of one size begins with that of another (RFC 6962, 2.1.2)',
      consistency,
      'ConsistencyProof',
      'no-tree-head',
      'no-such-tree',
    ),
  },
  '/v1/audit/bundle': {
    get: {
      operationId: 'getBundle',
      tags: ['audit'],
      summary: 'A crisis with everything that proves it, to be verified offline',
      description:
        'NDJSON for `crisis-log verify`: every event of the crisis, shown as far as the reader may see it, and committed to where not; one proof; the signed head; the chain of keys. docs/audit.md says what it proves and what it only claims.',
      parameters: bundle,
      responses: {
        200: {
          description: 'The bundle, one line of canonical JSON each',
          content: { 'application/x-ndjson': { schema: { type: 'string' } } },
        },
        ...problems(
          'invalid-parameter',
          'no-tree-head',
          'crisis-not-found',
          'foreign-event',
          'behind',
          'access-log',
          'busy',
        ),
      },
    },
  },
  '/v1/audit/replay': {
    get: audit(
      'getReplay',
      'The views as they stood, with the digests they had',
      replay,
      'Replay',
      'shown-needs-red',
      ...OF_A_VIEW,
    ),
  },
  '/v1/audit/diff': {
    get: audit(
      'getDiff',
      'What was believed at two points of the record about one moment, and what makes the difference',
      diff,
      'Diff',
      ...OF_A_VIEW,
    ),
  },
};
