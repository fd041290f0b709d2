import type { FastifyReply, FastifyRequest } from 'fastify';
import { cutWithCredential } from './cut-with-credential';

/**
 * An answer of NDJSON that is made as it is read. Nest asks for the first lines before it sends anything, so what fails by
 * then is a problem; later the answer breaks off, as it does when the credential of the request ends. Where only the head
 * is asked for no more is made than tells whether there is an answer.
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
