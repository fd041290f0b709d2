import { RateLimits } from './rate-limits';

test('a name has its quota at once, then as it comes back; another has its own', () => {
  let now = 0;
  const limits = new RateLimits(60, () => now);
  for (let left = 59; left >= 0; left--) expect(limits.take('a')).toMatchObject({ remaining: left, isExceeded: false });
  expect(limits.take('a')).toEqual({ remaining: 0, seconds: 1, isExceeded: true });
  expect(limits.take('b')).toEqual({ remaining: 59, seconds: 1, isExceeded: false });
  now = 1_000;
  expect([limits.take('a').isExceeded, limits.take('a').isExceeded]).toEqual([false, true]);
  now = 1_000_000;
  expect(limits.take('a')).toEqual({ remaining: 59, seconds: 1, isExceeded: false });
  expect(limits.policyOf('principal')).toBe('"principal";q=60;w=60');
});

test('looking takes nothing and remembers nobody', () => {
  const limits = new RateLimits(2, () => 0);
  expect([limits.look('a'), limits.size]).toEqual([{ remaining: 2, seconds: 0, isExceeded: false }, 0]);
  limits.take('a');
  limits.take('a');
  expect(limits.look('a')).toEqual({ remaining: 0, seconds: 30, isExceeded: true });
});

test('however many names there are, so many are remembered: those that came last', () => {
  const limits = new RateLimits(1, () => 0);
  limits.take('first');
  limits.take('second');
  for (let i = 0; i < 9_998; i++) limits.take(`${i}`);
  limits.take('first');
  for (let i = 0; i < 100; i++) limits.take(`more ${i}`);
  expect(limits.size).toBe(10_000);
  expect([limits.take('first').isExceeded, limits.take('second').isExceeded]).toEqual([true, false]);
});
