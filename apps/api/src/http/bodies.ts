import type { FastifyInstance } from 'fastify';
import { Problem } from './problem';
import { MAX_BODY_BYTES } from './strict-json';

/** JSON arrives as bytes, for the strict reader; NDJSON as a stream, so that its length needs no limit; nothing else is taken. */
export function takeBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
    (_request, body, done) => done(null, body),
  );
  fastify.addContentTypeParser('application/x-ndjson', (_request, payload, done) => done(null, payload));
  fastify.addContentTypeParser('*', (request, _payload, done) => {
    done(
      new Problem(
        'unsupported-media-type',
        `Content-Type is ${request.headers['content-type'] ?? 'missing'}; send application/json or application/x-ndjson.`,
      ),
    );
  });
}
