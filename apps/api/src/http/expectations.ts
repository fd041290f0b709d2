import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

/**
 * `Expect: 100-continue` is answered only when a request has passed every check, so that a refused client sends no
 * body. Any other expectation is refused by `checkRequests`, as a problem.
 */
export function answerExpectations(fastify: FastifyInstance): void {
  const waiting = new WeakSet<IncomingMessage>();
  const { server } = fastify;
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    waiting.add(request);
    server.emit('request', request, response);
  });
  // Without a listener Node answers 417 by itself, without a word.
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    server.emit('request', request, response),
  );
  // `preParsing` comes after every `onRequest` hook, those of routes included.
  fastify.addHook('preParsing', (request, reply, _payload, done) => {
    if (waiting.has(request.raw) && !request.is404) reply.raw.writeContinue();
    done();
  });
}
