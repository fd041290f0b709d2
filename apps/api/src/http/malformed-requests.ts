import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from './problem';
import { sendProblem } from './to-problem';

/** Fastify's option `frameworkErrors`: the address cannot be decoded, or has a segment longer than any id. */
export function answerMalformedAddress(error: Error, _request: FastifyRequest, reply: FastifyReply): void {
  void sendProblem(reply, new Problem('malformed-request', `${error.message}.`));
}

/**
 * Fastify's option `clientErrorHandler`: no request could be parsed, so the answer is written to the socket by hand.
 */
export function answerMalformedRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const problem = problemOf(error);
  const body = JSON.stringify(problem);
  if (socket.writable)
    socket.write(
      [
        `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
        'Content-Type: application/problem+json; charset=utf-8',
        `Content-Length: ${Buffer.byteLength(body)}`,
        'Connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  socket.destroy();
}

function problemOf({ code, message }: Error & { code?: string }): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem('headers-too-large', 'The headers do not fit into 16 KiB.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem('request-timeout', 'The request did not arrive in time.');
  return new Problem('malformed-request', `The request cannot be read: ${message}.`);
}
