import type { FastifyInstance } from 'fastify';

/** Of what a browser may show. The page at /docs has a policy of its own. */
const HEADERS = Object.freeze({
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
});

/** What helmet would set and an API can use. Not on answers to POST, which no browser shows and which are the hot path. */
export function secureHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ method }, reply, done) => {
    if (method !== 'POST') void reply.headers(HEADERS);
    done();
  });
}
