import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from '../http/principal';
import { Problem, retryAfter } from '../http/problem';
import { isOpenCaller } from './caller';

/** What one principal may have open at a time: each holds a connection and memory for as long as its client likes. */
const MAX_STREAMS = 5;

const open = new Map<string, number>();

/** Counts an answer that lasts until its connection closes. @throws Problem when the principal has its share already. */
export function takeStream(request: FastifyRequest, reply: FastifyReply): void {
  const caller = callerOf(request);
  if (isOpenCaller(caller)) return;
  const { name } = caller;
  const count = open.get(name) ?? 0;
  if (count >= MAX_STREAMS)
    throw new Problem('too-many-requests', `${name} has ${MAX_STREAMS} streams open.`, {}, retryAfter(5));
  open.set(name, count + 1);
  reply.raw.once('close', () => {
    const left = open.get(name)! - 1;
    if (left === 0) open.delete(name);
    else open.set(name, left);
  });
}
