import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { Problem } from './problem';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Before anything is read: `Host` must name this server (so that no page elsewhere reaches it by rebinding a name).
 * Refused are a foreign `Origin`, a compressed body (which may be a bomb), a request that can be read in two ways, and
 * any expectation but `100-continue`.
 */
export function checkRequests(fastify: FastifyInstance, allowedHosts: readonly string[]): void {
  const names = new Set([...LOOPBACK_NAMES, ...allowedHosts]);
  fastify.addHook('onRequest', ({ raw }, _reply, done) => done(ambiguity(raw, names) ?? refusalOf(raw.headers, names)));
}

/** Of these headers Node uses the first; a proxy in front may have used the last. */
const ONCE = ['host', 'authorization', 'content-type', 'origin', 'cookie'];

/** The connection is closed: what follows on it may be part of the refused request. */
const CLOSE = { connection: 'close' };

/**
 * Refuses what a proxy in front may have read differently. Node itself refuses two lengths, a length beside chunks, and
 * folded lines.
 */
function ambiguity(
  { url = '', headers, rawHeaders }: IncomingMessage,
  names: ReadonlySet<string>,
): Problem | undefined {
  const seen: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    if (!ONCE.includes(name)) continue;
    if (seen.includes(name)) return new Problem('malformed-request', `The header ${name} stands twice.`, {}, CLOSE);
    seen.push(name);
  }
  const encoding = headers['transfer-encoding']?.trim().toLowerCase();
  // Chunks of some other coding, which Node would hand on as they are; a coding that does not end in chunks Node
  // refuses.
  if (encoding?.endsWith('chunked') && encoding !== 'chunked')
    return new Problem('unsupported-media-type', `Transfer-Encoding ${encoding} is not taken.`, {}, CLOSE);
  const isAbsolute = !url.startsWith('/') && url !== '*';
  const named = isAbsolute ? URL.parse(url)?.hostname : undefined;
  return isAbsolute && !names.has(named ?? '')
    ? new Problem('unknown-host', `The address names the host ${JSON.stringify(named ?? '')}.`)
    : undefined;
}

function refusalOf(headers: IncomingHttpHeaders, names: ReadonlySet<string>): Problem | undefined {
  const { host = '', origin, expect, 'content-encoding': encoding } = headers;
  if (!names.has(withoutPort(host))) return new Problem('unknown-host', `Host is ${JSON.stringify(host)}.`);
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`)
    return new Problem('foreign-origin', `Origin is ${JSON.stringify(origin)}, the server is ${host}.`);
  if (expect !== undefined && !/^100-continue$/i.test(expect))
    return new Problem('expectation-failed', `Expect is ${JSON.stringify(expect)}.`, {}, CLOSE);
  if (encoding !== undefined && encoding !== 'identity')
    return new Problem('unsupported-media-type', `Content-Encoding ${encoding} is not taken; send the body as it is.`);
  return undefined;
}

/** Of a `Host` header. */
export const isLoopbackHost = (host: string): boolean => LOOPBACK_NAMES.includes(withoutPort(host));

const withoutPort = (host: string): string => host.replace(/:\d+$/, '').toLowerCase();
