import { RateLimits } from './rate-limits';

test('a principal has its quota at once, then as it comes back; another has its own', () => {
  let now = 0;
  const limits = new RateLimits(60, () => now);
  for (let left = 59; left >= 0; left--) expect(limits.take('a')).toMatchObject({ remaining: left, isExceeded: false });
  expect(limits.take('a')).toEqual({ remaining: 0, seconds: 1, isExceeded: true });
  expect(limits.take('b')).toEqual({ remaining: 59, seconds: 1, isExceeded: false });
  now = 1_000;
  expect([limits.take('a').isExceeded, limits.take('a').isExceeded]).toEqual([false, true]);
  now = 1_000_000;
  expect(limits.take('a')).toEqual({ remaining: 59, seconds: 1, isExceeded: false });
  expect(limits.policy).toBe('"principal";q=60;w=60');
});
