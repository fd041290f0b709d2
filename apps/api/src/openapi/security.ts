import type { Scope } from '#access';
import type { Needed } from '../access/guard';
import type { Paths } from './operation';

/** How a credential is presented. All are good for the same scopes, but a session for reading only. */
export const SECURITY_SCHEMES = {
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'clk_…',
    description: 'An API key, made by an operator with `crisis-log keys create`.',
  },
  accessToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token (RFC 9068) of the issuer that the server is configured with.',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'crisislog_session',
    description:
      'From `POST /v1/session`, for browsers, for reading only. Under any name but a loopback one it is called `__Host-crisislog_session`.',
  },
} as const;

/**
 * The same operations, each with what it takes as its route says it: any one of the scopes, in any scheme. A server
 * without credentials asks nobody.
 */
export function secured(paths: Paths, needed: Needed): Paths {
  return Object.fromEntries(
    Object.entries(paths).map(([path, operations]) => [
      path,
      Object.fromEntries(
        Object.entries(operations).map(([method, operation]) => {
          const route = `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`;
          const scopes = needed.get(route);
          if (scopes === undefined) throw new Error(`${route} is described and not there`);
          return [method, { ...operation, ...saying(scopes, method, operation.description) }];
        }),
      ),
    ]),
  );
}

/** A requirement a scope and scheme: they are alternatives. Who needs nothing says so, since silence means the same only by chance. */
function saying(scopes: readonly Scope[], method: string, description: string | undefined): object {
  if (scopes.length === 0) return { security: [] };
  const schemes = Object.keys(SECURITY_SCHEMES).filter((scheme) => scheme !== 'session' || method === 'get');
  const takes = `Takes ${scopes.map((scope) => `\`${scope}\``).join(' or ')}.`;
  return {
    description: description === undefined ? takes : `${description}\n\n${takes}`,
    security: schemes.flatMap((scheme) => scopes.map((scope) => ({ [scheme]: [scope] }))),
  };
}
