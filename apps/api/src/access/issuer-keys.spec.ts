import { Logger } from '@nestjs/common';
import { exportJWK, type FlattenedJWSInput, generateKeyPair, type JSONWebKeySet } from 'jose';
import { IssuerKeys } from './issuer-keys';

const MINUTE = 60_000;
let now: number;
let fetches: number;
let answer: () => Promise<JSONWebKeySet>;
let keys: IssuerKeys;
let one: JSONWebKeySet;
let both: JSONWebKeySet;
beforeAll(async () => {
  Logger.overrideLogger(false);
  const made = await Promise.all(
    ['one', 'two'].map(async (kid) => ({
      ...(await exportJWK((await generateKeyPair('ES256', { extractable: true })).publicKey)),
      kid,
      alg: 'ES256',
    })),
  );
  [one, both] = [{ keys: [made[0]!] }, { keys: made }];
});
beforeEach(() => {
  [now, fetches] = [0, 0];
  answer = () => Promise.resolve(one);
  keys = new IssuerKeys(
    () => {
      fetches++;
      return answer();
    },
    () => now,
  );
});

const away = () => Promise.reject(new Error('away'));
/** Of getting a key: `found`, or why not. */
async function get(kid: string): Promise<string> {
  try {
    await keys.get({ alg: 'ES256', kid }, {} as FlattenedJWSInput);
    return 'found';
  } catch (error) {
    const { code, type } = error as { code?: string; type?: string };
    return type ?? code ?? String(error);
  }
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a set is fetched once for all who wait for it', async () => {
  expect(await Promise.all(Array.from({ length: 100 }, () => get('one')))).toEqual(Array(100).fill('found'));
  expect(fetches).toBe(1);
});

test('keys that nobody has are asked for once in five seconds, however many are named', async () => {
  await get('one');
  for (now = 5_000; now < 65_000; now += 100) expect(await get(`no such key ${now}`)).toBe('ERR_JWKS_NO_MATCHING_KEY');
  expect(fetches).toBe(1 + 12);
});

test('a key that is new at the issuer is found at once', async () => {
  await get('one');
  answer = () => Promise.resolve(both);
  now = 5_000;
  expect(await get('two')).toBe('found');
});

test('a key that the issuer withdraws is taken for five minutes more', async () => {
  answer = () => Promise.resolve(both);
  await get('two');
  answer = () => Promise.resolve(one);
  now = 5 * MINUTE - 1;
  expect(await get('two')).toBe('found');
  now = 5 * MINUTE;
  await get('one');
  await settled();
  now += 5_000;
  expect(await get('two')).toBe('ERR_JWKS_NO_MATCHING_KEY');
});

describe('while the issuer is away', () => {
  test('known keys go on, for a day, and nobody waits for it', async () => {
    await get('one');
    answer = () => new Promise(() => undefined);
    for (const hours of [1, 12, 23]) {
      now = hours * 60 * MINUTE;
      expect(await get('one')).toBe('found');
    }
  });

  test('and no longer than a day', async () => {
    await get('one');
    answer = away;
    now = 24 * 60 * MINUTE;
    expect(await get('one')).toBe('issuer-unreachable');
    answer = () => Promise.resolve(one);
    now += 5_000;
    expect(await get('one')).toBe('found');
  });

  test('it cannot be told whether an unknown key is good; it is asked for once in five seconds', async () => {
    await get('one');
    answer = away;
    for (now = 5_000; now < 65_000; now += 100) {
      expect(await get('two')).toBe('issuer-unreachable');
      expect(await get('one')).toBe('found');
    }
    expect(fetches).toBe(1 + 12);
    answer = () => Promise.resolve(both);
    expect(await get('two')).toBe('found');
  });

  test('from the start no key is good', async () => {
    answer = away;
    expect(await Promise.all([get('one'), get('one'), get('two')])).toEqual(Array(3).fill('issuer-unreachable'));
    now = 4_999;
    expect(await get('one')).toBe('issuer-unreachable');
    expect(fetches).toBe(1);
    now = 5_000;
    answer = () => Promise.resolve(one);
    expect(await get('one')).toBe('found');
  });

  test('what it sends in place of a set changes nothing', async () => {
    await get('one');
    answer = () => Promise.resolve({ error: 'maintenance' } as unknown as JSONWebKeySet);
    now = 6 * MINUTE;
    expect(await get('one')).toBe('found');
    await settled();
    now += 1;
    expect([await get('one'), await get('two')]).toEqual(['found', 'issuer-unreachable']);
  });
});
