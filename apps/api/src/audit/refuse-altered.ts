import type { FastifyInstance } from 'fastify';
import { type NotaryEngine, whyNotServed } from './notary-engine';

/** Once something stored was found to be wrong nothing of the record is served, and nothing is added to it. */
export function refuseAltered(fastify: FastifyInstance, notary: NotaryEngine): void {
  // By the route that was found: an address has many spellings.
  fastify.addHook('onRequest', async ({ routeOptions: { url = '' } }) => {
    if (notary.fault && url.startsWith('/v1/') && !url.startsWith('/v1/schemas/')) throw whyNotServed(notary.fault);
  });
}
