import type { FastifyReply, FastifyRequest } from 'fastify';
import { leftBy } from './left-by';
import { endedOf } from '../access/caller';

/** Who has lost the right to an answer that lasts gets no more of it: the connection is cut when his credential ends. */
export function cutWithCredential(request: FastifyRequest, reply: FastifyReply): void {
  const ended = endedOf(request);
  const cut = (): void => void reply.raw.destroy();
  // Taken off when he leaves: what is not aborted for days keeps all who ever listened.
  if (ended.aborted) cut();
  else ended.addEventListener('abort', cut, { signal: leftBy(reply) });
}
