import type { FastifyReply } from 'fastify';

/**
 * A signal that aborts when the client leaves; aborted already when it left before, since no event will tell of that.
 */
export function leftBy({ raw }: FastifyReply): AbortSignal {
  if (raw.destroyed) return AbortSignal.abort();
  const left = new AbortController();
  raw.once('close', () => left.abort());
  return left.signal;
}
