import type { FastifyReply } from 'fastify';

/** Aborts when the client of an answer has left; at once where it did before anybody asked, which no event tells any more. */
export function leftBy({ raw }: FastifyReply): AbortSignal {
  if (raw.destroyed) return AbortSignal.abort();
  const left = new AbortController();
  raw.once('close', () => left.abort());
  return left.signal;
}
