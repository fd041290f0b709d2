import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerProblem } from './answer-problem';

/** Nest's routes answer failures as the plain ones do. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    // Said as Fastify says it: what makes problems of failures also serves the workers, which load no Nest.
    if (error instanceof HttpException) Object.assign(error, { statusCode: error.getStatus() });
    answerProblem(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}
