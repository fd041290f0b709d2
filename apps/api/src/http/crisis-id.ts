import type { FastifyRequest } from 'fastify';
import { isCrisisId } from '#catalogue';
import { badParameter } from './parameters';

/**
 * An allow-list, so that no request reaches a stream that is not a crisis (`$all`, `crisislog-…`). A query names it
 * `crisis`, a path or a body `crisisId`.
 */
export function requireCrisisId(value: unknown, parameter: 'crisis' | 'crisisId' = 'crisis'): string {
  if (isCrisisId(value)) return value;
  throw badParameter(
    parameter,
    '1 to 64 lower-case letters and digits, in groups joined by single hyphens, such as us-iran.',
  );
}

export const crisisIdOf = (request: FastifyRequest): string =>
  requireCrisisId((request.params as { crisisId?: string }).crisisId, 'crisisId');
