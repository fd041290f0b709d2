import { isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { Problem, retryAfter } from '../http/problem';
import type { RateLimits } from './rate-limits';

/**
 * Who guesses is slowed down, by the address it guesses from. An address that has used up its failures is still let in
 * with what is known to hold (a key, a session, a token that was taken already), so that nobody is locked out by a
 * neighbour; a token whose signature would have to be checked is not looked at.
 */
export class FailedCredentials {
  constructor(private readonly limits: RateLimits) {}

  /** Before anything costly is done for a credential. @throws Problem */
  requireSome({ ip }: FastifyRequest): void {
    const { isExceeded, seconds } = this.limits.look(networkOf(ip));
    if (isExceeded) throw tooMany(seconds);
  }

  /** What to answer to one more that does not hold, where it is one too many. */
  count({ ip }: FastifyRequest): Problem | undefined {
    const { isExceeded, seconds } = this.limits.take(networkOf(ip));
    return isExceeded ? tooMany(seconds) : undefined;
  }
}

const tooMany = (seconds: number): Problem =>
  new Problem(
    'too-many-requests',
    'This address has sent too many credentials that do not hold.',
    {},
    retryAfter(seconds),
  );

/** What one customer of a network has: an IPv4 address, or the 64 bits of IPv6 within which addresses are free to choose. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [start = '', end] = address.toLowerCase().replace(/%.*$/, '').split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const missing = end === undefined ? 0 : 8 - groups(start).length - groups(end).length;
  const all = [...groups(start), ...Array<string>(missing).fill('0'), ...groups(end ?? '')];
  return all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
