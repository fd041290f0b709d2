import { RouteConfig } from '@nestjs/platform-fastify';
import type { Scope } from '#access';

/** Who may use a route: a caller with any of these scopes, or anybody (`[]`). */
export interface RouteNeeds {
  readonly scopes: readonly Scope[];
}

/** Beside a Nest route: a caller needs one of these scopes. */
export const Needs = (...scopes: [Scope, ...Scope[]]): MethodDecorator => RouteConfig({ scopes });

/** Beside a Nest route that anybody may call: it tells nothing of any crisis. */
export const Public = (): MethodDecorator => RouteConfig({ scopes: [] });

/** The same for a plain Fastify route: `fastify.post(url, { config: needs('events:append') }, …)`. */
export const needs = (...scopes: [Scope, ...Scope[]]): RouteNeeds => ({ scopes });

/** For the routes that only answer which methods an address takes. */
export const NOT_TAKEN: RouteNeeds = Object.freeze({ scopes: [] });
