import type { FastifyInstance } from 'fastify';
import type { RecordLog } from '#event-log';

/**
 * While EventStoreDB is away, reads go on from the mirror; `Age` (RFC 9111, seconds) then says for how long the mirror
 * may have lacked what other instances appended. Without it an answer is as fresh as the record.
 */
export function sayHowOld(fastify: FastifyInstance, log: RecordLog): void {
  if (!('mirrored' in log)) return;
  fastify.addHook('onSend', async ({ method, routeOptions: { url = '' } }, reply) => {
    if (method !== 'GET' || !url.startsWith('/v1/')) return;
    const { state, behindMs } = log.mirrored();
    if (state !== 'live') reply.header('age', String(Math.ceil(behindMs / 1000)));
  });
}
