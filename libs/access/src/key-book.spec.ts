import * as fc from 'fast-check';
import type { SystemEntry } from '#event-log';
import { checksumOf, mintKey, readKey } from './api-key';
import { KeyBook, type KeyGrant } from './key-book';
import { ROLES } from './scopes';

const NOW = 1_700_000_000_000;
const grant = (more: Partial<KeyGrant> = {}): KeyGrant => ({
  name: 'news-desk',
  scopes: ROLES.reporter,
  level: 'AMBER',
  red: ['us-iran'],
  expiresAt: NOW + 1000,
  ...more,
});

/** A stream in memory that several books share, as several processes share a record. */
function sharedStream() {
  const stored: SystemEntry[] = [];
  return {
    stored,
    readAfter: (revision: number) => stored.filter((each) => each.revision > revision),
    append(entry: object, last: number, now: number) {
      if (last !== stored.length - 1) return false;
      stored.push({ revision: stored.length, recordedAt: now, entry: JSON.parse(JSON.stringify(entry)) as unknown });
      return true;
    },
  };
}

describe('an API key', () => {
  test('has 256 random bits, and is read back as its hash', () => {
    const { secret, hash } = mintKey((bytes) => Buffer.alloc(bytes, 7));
    expect([secret.slice(0, 8), secret.length, readKey(secret)]).toEqual(['clk_BwcH', 55, hash]);
    expect(mintKey().secret).not.toBe(mintKey().secret);
  });

  test('with any character changed is none, or has another hash', () => {
    const { secret, hash } = mintKey();
    fc.assert(
      fc.property(fc.nat(secret.length - 1), fc.constantFrom(...'aB3_-'), (at, char) => {
        const changed = secret.slice(0, at) + char + secret.slice(at + 1);
        if (changed !== secret) expect(readKey(changed)).not.toBe(hash);
      }),
    );
  });

  test.each(['', 'clk_', 'clk_'.padEnd(55, 'a'), `clk_${'é'.repeat(43)}${checksumOf('')}`])('%j is none', (text) => {
    expect(readKey(text)).toBeUndefined();
  });
});

describe('the book of keys', () => {
  test('is listed and revoked by an id that no command line takes for an option', async () => {
    const book = new KeyBook(sharedStream());
    const { key } = await book.create(grant(), NOW, { secret: 'clk_…', hash: `-${'a'.repeat(42)}` });
    expect([key.keyId, await book.revoke(key.keyId, NOW)]).toEqual([`_${'a'.repeat(9)}`, true]);
  });

  test('keeps the hash of a key and never the key', async () => {
    const stream = sharedStream();
    const { secret, key } = await new KeyBook(stream).create(grant(), NOW);
    expect(JSON.stringify(stream.stored)).not.toContain(secret.slice(4, 20));
    expect(new KeyBook(stream).byHash(readKey(secret)!)).toEqual(key);
    expect(key).toMatchObject({ ...grant(), createdAt: NOW, revokedAt: undefined });
  });

  test('learns of what another process did, and says what was revoked', async () => {
    const stream = sharedStream();
    const [one, other] = [new KeyBook(stream), new KeyBook(stream)];
    const made = [await one.create(grant(), NOW), await other.create(grant({ name: 'other' }), NOW)];
    expect(one.refresh()).toEqual([]);
    expect(one.list().map(({ name }) => name)).toEqual(['news-desk', 'other']);
    expect(await other.revoke(made[0]!.key.keyId, NOW + 1)).toBe(true);
    expect(one.refresh()).toEqual([made[0]!.key.keyId]);
    expect(one.find(made[0]!.key.keyId)!.revokedAt).toBe(NOW + 1);
    expect(await one.revoke(made[0]!.key.keyId, NOW + 2)).toBe(true);
    expect(stream.stored).toHaveLength(3);
    expect(await one.revoke('nothing', NOW)).toBe(false);
  });

  test('is not empty again when its last key is revoked', async () => {
    const book = new KeyBook(sharedStream());
    expect(book.isEmpty).toBe(true);
    const { key } = await book.create(grant(), NOW);
    await book.revoke(key.keyId, NOW);
    expect(book.isEmpty).toBe(false);
  });

  test.each<[string, Partial<KeyGrant>]>([
    ['a name with spaces', { name: 'news desk' }],
    ['the name of the open server', { name: 'open' }],
    ['a name as tokens have them', { name: 'jwt:me' }],
    ['no scope', { scopes: [] }],
    ['an unknown scope', { scopes: ['everything' as 'ops:*'] }],
    ['RED everywhere', { level: 'RED' as 'AMBER' }],
    ['an expiry that has passed', { expiresAt: NOW }],
  ])('refuses %s', async (_, more) => {
    const stream = sharedStream();
    await expect(new KeyBook(stream).create(grant(more), NOW)).rejects.toThrow(RangeError);
    expect(stream.stored).toEqual([]);
  });
});
