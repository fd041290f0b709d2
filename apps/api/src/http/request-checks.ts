import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { Problem } from './problem';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Before anything is read: `Host` must name this server (a page elsewhere cannot reach it by rebinding a
 * name), a foreign `Origin` is refused, compressed bodies are not taken (no bombs), nor what can be read in two ways, nor
 * what expects more than `100-continue`.
 */
export function checkRequests(fastify: FastifyInstance, allowedHosts: readonly string[]): void {
  const names = new Set([...LOOPBACK_NAMES, ...allowedHosts]);
  fastify.addHook('onRequest', ({ raw }, _reply, done) => done(ambiguity(raw, names) ?? refusalOf(raw.headers, names)));
}

/** Node takes the first of these; a proxy in front may have judged by the last. */
const ONCE = ['host', 'authorization', 'content-type', 'origin', 'cookie'];

/** What follows on the connection may be part of what was refused. */
const CLOSE = { connection: 'close' };

/** What a proxy in front could have read otherwise. Node refuses the rest: two lengths, a length beside chunks, folded lines. */
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
  // Chunks of something else, which Node would hand on as it is; what does not end in chunks it refuses itself.
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
