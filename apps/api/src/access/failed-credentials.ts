import { isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { Problem, retryAfter } from '../http/problem';
import type { RateLimits } from './rate-limits';

/**
 * Slows down guessing, by address. An address that has used up its failures is still admitted with a credential that is
 * known to be valid (a key, a session, a token accepted before), so that a neighbour cannot lock anyone out; only
 * tokens whose signature would have to be verified are turned away unread.
 */
export class FailedCredentials {
  constructor(private readonly limits: RateLimits) {}

  /**
   * To be called before anything costly is done for a credential. @throws Problem when the address has no failures left
   */
  requireSome({ ip }: FastifyRequest): void {
    const { isExceeded, seconds } = this.limits.look(networkOf(ip));
    if (isExceeded) throw tooMany(seconds);
  }

  /** Counts an invalid credential; the problem to answer with when it was one too many. */
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

/**
 * What one subscriber of a network has: an IPv4 address, or an IPv6 prefix of 64 bits, within which addresses can be
 * chosen.
 */
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
