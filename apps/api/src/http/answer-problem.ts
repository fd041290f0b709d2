import { Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem, toProblem } from './to-problem';

/**
 * Answers any failure with a problem. An unforeseen one is logged here, with the id that the client is told; a foreseen
 * one is logged where it arises, once, so that no client can fill the log. Of the address only the route is logged: a
 * query may hold what an operator must not read.
 */
export function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error, request.id);
  if (problem.type === 'internal')
    new Logger('http').error(
      `${request.id} ${request.method} ${request.routeOptions.url}: ${(error as Error).stack ?? String(error)}`,
    );
  if (!reply.sent) void sendProblem(reply, problem);
}
