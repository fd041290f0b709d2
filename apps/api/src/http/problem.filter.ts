import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem, toProblem } from './to-problem';

/** Every error of a Nest route leaves as a problem; what was not foreseen is logged with the id the client is told. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const problem = toProblem(error, request.id);
    if (problem.status >= 500)
      this.#logger.error(`${request.id} ${request.method} ${request.url}: ${(error as Error).stack ?? String(error)}`);
    const reply = http.getResponse<FastifyReply>();
    if (!reply.sent) void sendProblem(reply, problem);
  }
}
