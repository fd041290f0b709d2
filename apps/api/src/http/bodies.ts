import type { FastifyInstance } from 'fastify';
import { LateBodies } from './late-bodies';
import { Problem } from './problem';
import { MAX_BODY_BYTES } from './strict-json';

/** How long a body may take that is read as a whole, or that nobody reads. */
const BODY_MS = 30_000;
const SWEEPS_A_BODY = 6;

/** JSON is handed on as bytes, for the strict parser; NDJSON as a stream of any length; nothing else is accepted. */
export function takeBodies(fastify: FastifyInstance, bodyMs = BODY_MS): void {
  const late = new LateBodies(bodyMs);
  const sweeping = setInterval(() => late.sweep(), bodyMs / SWEEPS_A_BODY).unref();
  fastify.addHook('onClose', () => clearInterval(sweeping));
  fastify.addHook('onRequest', ({ raw }, reply, done) => {
    late.expect(raw, reply.raw);
    done();
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
    ({ raw }, body, done) => {
      late.forget(raw);
      done(null, body);
    },
  );
  fastify.addContentTypeParser('application/x-ndjson', ({ raw }, payload, done) => {
    late.awaitAnswer(raw);
    done(null, payload);
  });
  fastify.addContentTypeParser('*', (request, _payload, done) => {
    done(
      new Problem(
        'unsupported-media-type',
        `Content-Type is ${request.headers['content-type'] ?? 'missing'}; send application/json or application/x-ndjson.`,
      ),
    );
  });
}
