import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from './problem';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];
const CORRELATION_ID = /^[A-Za-z0-9._:@/+=-]{1,128}$/;

/**
 * Before anything is read: `Host` must name this server (a page elsewhere cannot reach it by rebinding a
 * name), a foreign `Origin` is refused, and compressed bodies are not taken (no bombs).
 */
export function checkRequests(fastify: FastifyInstance, allowedHosts: readonly string[]): void {
  const names = new Set([...LOOPBACK_NAMES, ...allowedHosts]);
  fastify.addHook('onRequest', (request, _reply, done) => done(refusalOf(request.headers, names)));
}

function refusalOf(headers: IncomingHttpHeaders, names: ReadonlySet<string>): Problem | undefined {
  const { host = '', origin, 'content-encoding': encoding } = headers;
  if (!names.has(withoutPort(host))) return new Problem('unknown-host', `Host is ${JSON.stringify(host)}.`);
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`)
    return new Problem('foreign-origin', `Origin is ${JSON.stringify(origin)}, the server is ${host}.`);
  if (encoding !== undefined && encoding !== 'identity')
    return new Problem('unsupported-media-type', `Content-Encoding ${encoding} is not taken; send the body as it is.`);
  return undefined;
}

/** Of a `Host` header. */
export const isLoopbackHost = (host: string): boolean => LOOPBACK_NAMES.includes(withoutPort(host));

const withoutPort = (host: string): string => host.replace(/:\d+$/, '').toLowerCase();

/** What an event was part of, and what brought it about. */
export interface Trace {
  readonly correlationId?: string;
  readonly causationId?: string;
}

const UNTRACED: Trace = Object.freeze({});

/** `X-Correlation-Id` and `X-Causation-Id` as the client gave them, checked because they are stored. */
export function traceOf(request: FastifyRequest): Trace {
  const correlationId = idHeader(request, 'x-correlation-id');
  const causationId = idHeader(request, 'x-causation-id');
  if (correlationId === undefined && causationId === undefined) return UNTRACED;
  return { ...(correlationId && { correlationId }), ...(causationId && { causationId }) };
}

function idHeader(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && CORRELATION_ID.test(value)) return value;
  throw new Problem('invalid-parameter', `${name}: 1 to 128 letters, digits or ._:@/+=- are taken.`, {
    parameter: name,
  });
}
