import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isLoopbackHost } from '../http/request-checks';

/** What a session cookie proves: that its bearer had this key. What the key grants is looked up at each request. */
export interface Session {
  readonly keyId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** A working day. */
const LIFETIME_MS = 12 * 3_600_000;

/**
 * Seals and opens session cookies: `keyId.expiry.mac`, an HMAC-SHA-256 under a key derived from the ring that seals
 * cursors, so that every instance with that ring accepts them. Nothing is stored; revoking a key ends its sessions.
 */
export class Sessions {
  readonly #keys: readonly Buffer[];

  constructor(ring: readonly Buffer[]) {
    this.#keys = ring.map((key) => createHmac('sha256', key).update('session').digest());
  }

  /** Ends with the key it was given for, at the latest. */
  seal(keyId: string, keyExpiresAt: number, now: number): { readonly cookie: string; readonly expiresAt: number } {
    const expiresAt = Math.min(now + LIFETIME_MS, keyExpiresAt);
    const text = `${keyId}.${expiresAt}`;
    return { cookie: `${text}.${mac(this.#keys[0]!, text).toString('base64url')}`, expiresAt };
  }

  open(cookie: string, now: number): Session | undefined {
    const [keyId = '', expiry = '', sent = '', ...more] = cookie.split('.');
    const given = Buffer.from(sent, 'base64url');
    const expiresAt = Number(expiry);
    if (more.length > 0 || given.length !== 32 || !(expiresAt > now)) return undefined;
    const isOurs = this.#keys.some((key) => timingSafeEqual(mac(key, `${keyId}.${expiry}`), given));
    return isOurs ? { keyId, expiresAt } : undefined;
  }
}

const mac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/**
 * On loopback a page may speak plain HTTP. Under any other name there is TLS in front, and a cookie with this prefix is
 * taken by browsers over TLS only and from this very host: no neighbour under the same domain can plant one.
 */
const nameFor = (host: string): string => (isLoopbackHost(host) ? 'crisislog_session' : '__Host-crisislog_session');

/** The session cookie of a request. Undefined also when there are two: one of them could be somebody else's. */
export function sessionIn({ cookie, host = '' }: IncomingHttpHeaders): string | undefined {
  if (cookie === undefined) return undefined;
  const name = `${nameFor(host)}=`;
  const values = cookie
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each.startsWith(name));
  return values.length === 1 ? values[0]!.slice(name.length) : undefined;
}

/** The `Set-Cookie` header that sets the cookie; with an empty value and 0 seconds, the one that clears it. */
export function setSession(host: string, value: string, seconds: number): string {
  const secure = isLoopbackHost(host) ? '' : '; Secure';
  return `${nameFor(host)}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure}`;
}
