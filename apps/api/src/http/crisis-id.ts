import type { FastifyRequest } from 'fastify';
import { isCrisisId } from '#catalogue';
import { Problem } from './problem';

const EVENT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * An allow-list, so that no request reaches a stream that is not a crisis (`$all`, `crisislog-…`). A query names it
 * `crisis`, a path or a body `crisisId`.
 */
export function requireCrisisId(value: unknown, parameter: 'crisis' | 'crisisId' = 'crisis'): string {
  if (isCrisisId(value)) return value;
  throw new Problem(
    'invalid-parameter',
    `${parameter}: 1 to 64 lower-case letters and digits, in groups joined by single hyphens, such as us-iran.`,
    { parameter },
  );
}

export const crisisIdOf = (request: FastifyRequest): string =>
  requireCrisisId((request.params as { crisisId?: string }).crisisId, 'crisisId');

export function requireEventId(value: unknown): string {
  if (typeof value === 'string' && EVENT_ID.test(value)) return value;
  throw new Problem('invalid-parameter', 'eventId: a lower-case UUID.', { parameter: 'eventId' });
}

export const isEventId = (value: string): boolean => EVENT_ID.test(value);

export const streamOf = (crisisId: string): string => `crisis-${crisisId}`;

export const crisisOf = (stream: string): string => stream.slice('crisis-'.length);
