import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a session cookie says: that whoever has it had this key. What the key grants is looked up at each request. */
export interface Session {
  readonly keyId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** A working day. */
const LIFETIME_MS = 12 * 3_600_000;

/**
 * Seals and opens session cookies: `keyId.expiry.mac`, HMAC-SHA-256 under a key made of the ring that seals cursors,
 * so that every instance with the ring takes them. Nothing is kept, and a key that is revoked ends its sessions.
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
