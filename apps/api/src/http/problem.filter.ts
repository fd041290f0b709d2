import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerProblem } from './answer-problem';

/** Makes Nest's routes answer failures as the plain Fastify routes do. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    // Put where Fastify puts it: `toProblem` also runs in the workers, which load no Nest.
    if (error instanceof HttpException) Object.assign(error, { statusCode: error.getStatus() });
    answerProblem(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}
