import { Sessions, sessionIn, setSession } from './sessions';

const RING = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;

describe('a session', () => {
  const { cookie, expiresAt } = new Sessions(RING).seal('abcdefghij', NOW + 24 * HOUR, NOW);

  test('lasts twelve hours, or as long as its key', () => {
    expect(expiresAt).toBe(NOW + 12 * HOUR);
    expect(new Sessions(RING).seal('abcdefghij', NOW + HOUR, NOW).expiresAt).toBe(NOW + HOUR);
    expect(new Sessions(RING).open(cookie, expiresAt - 1)).toEqual({ keyId: 'abcdefghij', expiresAt });
    expect(new Sessions(RING).open(cookie, expiresAt)).toBeUndefined();
  });

  test('is taken by who has its key anywhere in the ring, and by nobody else', () => {
    expect(new Sessions([RING[1]!, RING[0]!]).open(cookie, NOW)).toBeDefined();
    expect(new Sessions([RING[1]!]).open(cookie, NOW)).toBeUndefined();
  });

  test('with any part of it changed is none', () => {
    const [keyId, expiry, mac] = cookie.split('.') as [string, string, string];
    const changed = [
      `${keyId}x.${expiry}.${mac}`,
      `${keyId}.${Number(expiry) + 1}.${mac}`,
      `${keyId}.${expiry}e0.${mac}`,
      `${keyId}.0${expiry}.${mac}`,
      `${keyId}.${expiry}.${mac.slice(1)}`,
      `${cookie}.`,
      '',
    ];
    expect(changed.map((text) => new Sessions(RING).open(text, NOW))).toEqual(changed.map(() => undefined));
  });
});

describe('its cookie', () => {
  test.each(['localhost:3000', '127.0.0.1', '[::1]:80'])('on %s may go over plain HTTP', (host) => {
    expect(setSession(host, 'x', 5)).toBe('crisislog_session=x; Path=/; HttpOnly; SameSite=Strict; Max-Age=5');
    expect(sessionIn({ host, cookie: 'a=b; crisislog_session=x' })).toBe('x');
  });

  test('under any other name takes TLS, and is taken from this very host only', () => {
    const host = 'log.example';
    expect(setSession(host, 'x', 5)).toBe(
      '__Host-crisislog_session=x; Path=/; HttpOnly; SameSite=Strict; Max-Age=5; Secure',
    );
    expect(sessionIn({ host, cookie: '__Host-crisislog_session=x' })).toBe('x');
    expect(sessionIn({ host, cookie: 'crisislog_session=x' })).toBeUndefined();
  });

  test('is none where there are two', () => {
    expect(sessionIn({ host: 'localhost', cookie: 'crisislog_session=x; crisislog_session=y' })).toBeUndefined();
  });
});
