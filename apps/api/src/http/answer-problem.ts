import { Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem, toProblem } from './to-problem';

/**
 * Any failure leaves as a problem. What was not foreseen is logged with the id that the client is told; what was foreseen
 * is logged, once, where it arises, so that no client can fill the log. Of the address only the route: a query may say
 * what an operator must not read.
 */
export function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error, request.id);
  if (problem.type === 'internal')
    new Logger('http').error(
      `${request.id} ${request.method} ${request.routeOptions.url}: ${(error as Error).stack ?? String(error)}`,
    );
  if (!reply.sent) void sendProblem(reply, problem);
}
