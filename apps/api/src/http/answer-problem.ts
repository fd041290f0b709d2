import { Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem, toProblem } from './to-problem';

/** The error handler of plain Fastify routes, which Nest's filter does not see. */
export function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error, request.id);
  if (problem.type === 'internal')
    new Logger('http').error(
      `${request.id} ${request.method} ${request.url}: ${(error as Error).stack ?? String(error)}`,
    );
  void sendProblem(reply, problem);
}
