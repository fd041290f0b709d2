import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Scope } from '#access';
import type { Caller } from '../http/principal';
import { Problem } from '../http/problem';
import type { Credentials } from './credentials';
import { NOT_TAKEN, type RouteNeeds } from './needs';

/** What each route needs, by method and address as it is registered; `[]`: nobody is asked. Fills as routes are registered. */
export type Needed = ReadonlyMap<string, readonly Scope[]>;

/**
 * One check for every route, Nest's and plain ones alike, before anything of a request is read. It denies by
 * default: a route that does not say what it needs is not registered. Not middleware, whose idea of the address may
 * differ from the router's: the needs are those of the very route that was found.
 */
export function guardRoutes(fastify: FastifyInstance, credentials: Credentials): Needed {
  const needed = new Map<string, readonly Scope[]>();
  fastify.decorateRequest('caller', undefined);
  fastify.addHook('onRoute', ({ url, method, config }) => {
    const { scopes } = (config ?? {}) as Partial<RouteNeeds>;
    if (scopes === undefined)
      throw new Error(
        `${String(method)} ${url} says nothing of who may use it: put @Needs(scope) or @Public() beside it`,
      );
    if (config !== NOT_TAKEN) for (const each of [method].flat()) needed.set(`${each} ${url}`, scopes);
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (request.is404) return done();
    const { scopes } = request.routeOptions.config as unknown as RouteNeeds;
    try {
      const caller = credentials.callerOf(request);
      if (caller instanceof Promise) caller.then((its) => done(admit(request, its, scopes)), done);
      else done(admit(request, caller, scopes));
    } catch (error) {
      done(error as Error);
    }
  });
  return needed;
}

function admit(request: FastifyRequest, caller: Caller | undefined, scopes: readonly Scope[]): Problem | undefined {
  request.caller = caller;
  if (scopes.length === 0) return undefined;
  if (caller === undefined)
    return new Problem(
      'unauthenticated',
      'The request brings no credential that holds.',
      {},
      { 'www-authenticate': 'Bearer realm="crisis-log"' },
    );
  return scopes.some((scope) => caller.scopes.has(scope)) ? undefined : scopeMissing(scopes);
}

export const scopeMissing = (scopes: readonly Scope[], extra: object = {}): Problem =>
  new Problem('scope-missing', `This takes ${scopes.join(' or ')}.`, { scopes, ...extra });
