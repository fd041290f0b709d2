import type { FastifyInstance } from 'fastify';
import { NOT_TAKEN } from '../access/needs';
import { answerProblem } from './answer-problem';
import { Problem } from './problem';

/** Every address of the server, as it is registered (`/v1/crises/:crisisId`), with the methods it takes. */
export type Routes = ReadonlyMap<string, ReadonlySet<string>>;

/** To be called before the first route is registered: the map fills as routes are. */
export function gatherRoutes(fastify: FastifyInstance): Routes {
  const routes = new Map<string, Set<string>>();
  fastify.addHook('onRoute', ({ url, method, handler }) => {
    if (handler === unreached) return;
    const methods = routes.get(url) ?? new Set();
    routes.set(url, methods);
    for (const each of [method].flat()) methods.add(each);
  });
  return routes;
}

/**
 * Makes a known address answer 405 with the methods it takes, where Fastify would say 404. To be called after all
 * routes.
 */
export function refuseOtherMethods(fastify: FastifyInstance, routes: Routes): void {
  for (const [url, methods] of [...routes]) {
    const allowed = [...methods];
    fastify.route({
      url,
      method: fastify.supportedMethods.filter((method) => !methods.has(method)),
      exposeHeadRoute: false,
      config: NOT_TAKEN,
      errorHandler: answerProblem,
      onRequest: async ({ method }) => {
        throw new Problem(
          'method-not-allowed',
          `This address takes ${allowed.join(', ')}, not ${method}.`,
          {},
          { allow: allowed.join(', ') },
        );
      },
      handler: unreached,
    });
  }
}

/** Fastify requires a handler; `onRequest` refuses before it is reached. */
const unreached = (): void => undefined;
