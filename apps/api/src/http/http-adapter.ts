import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { answerMalformedAddress, answerMalformedRequest } from './malformed-requests';

/** Slower headers are cut off, so that half-open clients cannot hold the server; for bodies see `takeBodies`. */
const HEADERS_TIMEOUT_MS = 10_000;
const TIMEOUT_CHECKS_MS = 5_000;
/** A connection on which nothing moves for this long is closed; streams have a heartbeat. */
const IDLE_MS = 120_000;
const MAX_CONNECTIONS = 10_000;
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

/** The HTTP server that Nest and the plain routes share, with its limits. */
export function httpAdapter(trustedProxies: readonly string[]): FastifyAdapter {
  const adapter = new FastifyAdapter({
    // `takeBodies` sets the limits.
    bodyLimit: Number.MAX_SAFE_INTEGER,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    connectionTimeout: IDLE_MS,
    // A missing `Host` is refused where a wrong one is, as a problem.
    http: { connectionsCheckingInterval: TIMEOUT_CHECKS_MS, requireHostHeader: false },
    forceCloseConnections: 'idle',
    frameworkErrors: answerMalformedAddress,
    clientErrorHandler: answerMalformedRequest,
    // Requests that still arrive while draining are answered; then their connections are closed.
    return503OnClosing: false,
  });
  const { server } = adapter.getInstance<FastifyInstance>();
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.maxConnections = MAX_CONNECTIONS;
  return adapter;
}
