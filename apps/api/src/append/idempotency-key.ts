import type { FastifyRequest } from 'fastify';
import { v5 as uuidV5 } from 'uuid';
import { isEventId } from '../http/event-id';
import { badParameter } from '../http/parameters';

/** `Idempotency-Key`: a UUID. It is the eventId of a single event that brings none. */
export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (isEventId(key)) return key;
  throw badParameter('Idempotency-Key', 'a lower-case UUID.');
}

/** The id of element or line `index` (from 0) of a batch sent with `key`. */
export const batchId = (key: string | undefined, index: number): string | undefined =>
  key && uuidV5(String(index), key);
