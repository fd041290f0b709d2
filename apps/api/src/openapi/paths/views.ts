import type { ProblemType } from '../../http/problem';
import { json, type Operation, type Paths, problems } from '../operation';
import { briefing, moment, series } from '../parameters';
import { ref } from '../schema';

const OF_A_VIEW = [
  'invalid-parameter',
  'invalid-token',
  'crisis-not-found',
  'not-yet-known',
  'unknown-model',
  'behind',
  'view-parked',
  'access-log',
  'busy',
] as const satisfies readonly ProblemType[];

const view = (operationId: string, summary: string, parameters: readonly object[], schema: string): Operation => ({
  operationId,
  tags: ['views'],
  summary,
  parameters,
  responses: { 200: json(summary, ref(schema)), ...problems(...OF_A_VIEW) },
});

export const VIEWS: Paths = {
  '/v1/crises/{crisisId}/status': { get: view('getStatus', 'The diplomatic status', moment, 'Status') },
  '/v1/crises/{crisisId}/risk': {
    get: view('getRisk', 'The risk, each number explained by the events behind it', moment, 'Risk'),
  },
  '/v1/crises/{crisisId}/risk/series': { get: view('getRiskSeries', 'Risk over time', series, 'Series') },
  '/v1/crises/{crisisId}/briefing': {
    get: {
      ...view('getBriefing', 'A briefing, each sentence citing events', briefing, 'Briefing'),
      responses: {
        200: {
          description: 'The briefing',
          content: { 'application/json': { schema: ref('Briefing') }, 'text/markdown': { schema: { type: 'string' } } },
        },
        ...problems(...OF_A_VIEW),
      },
    },
  },
};
