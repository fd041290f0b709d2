import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Scope } from '#access';
import { Problem, retryAfter } from '../http/problem';
import { type Caller, isOpenCaller } from './caller';
import { bringsCredential, type Credentials } from './credentials';
import type { FailedCredentials } from './failed-credentials';
import { NOT_TAKEN, type RouteNeeds } from './needs';
import type { RateLimits } from './rate-limits';

/**
 * The scopes each route needs, by method and address as registered; `[]` for a public one. Fills as routes are
 * registered.
 */
export type Needed = ReadonlyMap<string, readonly Scope[]>;

declare module 'fastify' {
  interface FastifyInstance {
    /** Set by `guardRoutes`, for the description of the API. */
    readonly needed: Needed;
  }
}

/**
 * One check for every route, Nest's and plain ones alike, before anything of a request is read. It denies by
 * default: a route that does not say what it needs is not registered. Not middleware, whose idea of the address may
 * differ from the router's: the needs are those of the very route that was found.
 */
export function guardRoutes(
  fastify: FastifyInstance,
  credentials: Credentials,
  limits: RateLimits,
  failed: FailedCredentials,
): Needed {
  const policy = limits.policyOf('principal');
  const needed = new Map<string, readonly Scope[]>();
  fastify.decorate('needed', needed);
  fastify.decorateRequest('caller', undefined);
  fastify.addHook('onRoute', ({ url, method, config }) => {
    const { scopes } = (config ?? {}) as Partial<RouteNeeds>;
    if (scopes === undefined)
      throw new Error(
        `${String(method)} ${url} says nothing of who may use it: put @Needs(scope) or @Public() beside it`,
      );
    if (config !== NOT_TAKEN) for (const each of [method].flat()) needed.set(`${each} ${url}`, scopes);
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.is404) return done();
    try {
      const caller = credentials.callerOf(request);
      if (caller instanceof Promise) caller.then((its) => done(admit(request, reply, its)), done);
      else done(admit(request, reply, caller));
    } catch (error) {
      done(error as Error);
    }
  });
  return needed;

  function admit(request: FastifyRequest, reply: FastifyReply, caller: Caller | undefined): Problem | undefined {
    const { scopes } = request.routeOptions.config as unknown as RouteNeeds;
    request.caller = caller;
    if (caller === undefined) {
      const tooMany = bringsCredential(request) ? failed.count(request) : undefined;
      return tooMany ?? (scopes.length === 0 ? undefined : unauthenticated());
    }
    if (scopes.length === 0) return undefined;
    if (!isOpenCaller(caller)) {
      const { remaining, seconds, isExceeded } = limits.take(caller.name);
      void reply.header('ratelimit-policy', policy).header('ratelimit', `"principal";r=${remaining};t=${seconds}`);
      if (isExceeded)
        return new Problem('too-many-requests', `${caller.name} has sent too much.`, {}, retryAfter(seconds));
    }
    // Answers differ by reader, so shared caches must not keep them; what may be above CLEAR no cache keeps.
    if (request.method !== 'POST')
      void reply.header('cache-control', seesMore(caller) ? 'no-store' : 'private, no-cache');
    return scopes.some((scope) => caller.scopes.has(scope)) ? undefined : scopeMissing(scopes);
  }
}

const unauthenticated = (): Problem =>
  new Problem('unauthenticated', 'The request brings no credential that holds.', {}, CHALLENGE);

const CHALLENGE = { 'www-authenticate': 'Bearer realm="crisis-log"' };

const seesMore = ({ everywhere, red }: Caller): boolean => everywhere.level !== 'CLEAR' || red.size > 0;

export const scopeMissing = (scopes: readonly Scope[], extra: object = {}): Problem =>
  new Problem('scope-missing', `This takes ${scopes.join(' or ')}.`, { scopes, ...extra });
