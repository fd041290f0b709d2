import type { FastifyReply, FastifyRequest } from 'fastify';
import { cutWithCredential } from '../access/cut-with-credential';

/**
 * An answer of NDJSON, made as the client reads it. Nest takes the first lines before it sends anything, so a failure
 * by then is answered with a problem; after that the answer breaks off, as it does when the credential ends. For HEAD
 * only the first lines are made, which tell whether there is an answer.
 */
export async function lineAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  lines: AsyncGenerator<string>,
): Promise<AsyncGenerator<string>> {
  if (request.method === 'HEAD') {
    await lines.next();
    await lines.return(undefined);
  }
  void reply.type('application/x-ndjson');
  cutWithCredential(request, reply);
  return lines;
}
