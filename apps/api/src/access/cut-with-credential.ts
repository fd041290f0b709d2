import type { FastifyReply, FastifyRequest } from 'fastify';
import { leftBy } from '../http/left-by';
import { endedOf } from './caller';

/** Cuts the connection of an answer that lasts as soon as the credential ends with which it was asked for. */
export function cutWithCredential(request: FastifyRequest, reply: FastifyReply): void {
  const ended = endedOf(request);
  const cut = (): void => void reply.raw.destroy();
  // Removed when the client leaves: a signal that lasts for days would keep every listener.
  if (ended.aborted) cut();
  else ended.addEventListener('abort', cut, { signal: leftBy(reply) });
}
