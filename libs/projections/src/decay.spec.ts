import { fixture } from '../../../test/support/fixture';
import { contribution, DECAY, decayOf, FORGOTTEN_AFTER_WEEKS, ONE } from './decay';
import { KINETIC_FACTOR } from './weights';

test('the table is the published one', () => {
  expect(DECAY).toEqual(fixture('decay-table.json'));
});

test.each([...DECAY.entries()])(
  'T[%i] is 2^26 halved over that part of a week, rounded, by integer powers alone',
  (hours, value) => {
    // T = round(x), x^168 = 2^(26*168 - hours): (2T - 1)^168 <= (2x)^168 < (2T + 1)^168
    const doubled = 2n ** (27n * 168n - BigInt(hours));
    expect((2n * BigInt(value) - 1n) ** 168n <= doubled).toBe(true);
    expect(doubled < (2n * BigInt(value) + 1n) ** 168n).toBe(true);
  },
);

test('half is left after a week, a quarter after two', () => {
  expect([0, 168, 336].map(decayOf)).toEqual([1, 0.5, 0.25]);
  expect([0, 168, 336].map((hours) => contribution(7200, hours))).toEqual([7200 * ONE, 3600 * ONE, 1800 * ONE]);
});

test('the heaviest event is forgotten within its 39th week, and not before', () => {
  const heaviest = 100 * 8 * KINETIC_FACTOR;
  expect(contribution(heaviest, FORGOTTEN_AFTER_WEEKS * 168)).toBe(0);
  expect(contribution(heaviest, (FORGOTTEN_AFTER_WEEKS - 1) * 168)).toBe(1);
});
