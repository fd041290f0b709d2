import type { FastifyInstance } from 'fastify';

/** For answers that a browser may show. The page at /docs has a policy of its own. */
const HEADERS = Object.freeze({
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
});

/**
 * The headers of helmet that an API can use. Not on answers to POST: no browser shows those, and they are the hot path.
 */
export function secureHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ method }, reply, done) => {
    if (method !== 'POST') void reply.headers(HEADERS);
    done();
  });
}
