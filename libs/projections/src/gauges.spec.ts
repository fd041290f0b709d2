import { bandOf, gauge, movementOf, omegaOf, ONE_POINT, sharesOf, tempo } from './gauges';

const P = ONE_POINT;

/** Half a thousandth of the gauge, for a reference of 90. */
const HALF = 2_416_000;

test('of equal remainders the larger contribution gets what is missing, then the first', () => {
  const stock = 200_000 * HALF - 90 * P;
  const rest = stock - 4 * HALF;
  expect(gauge(stock, 90)).toBe(3);
  expect(sharesOf([3 * HALF, rest, HALF], stock, 90)).toEqual([2, 1, 0]);
  expect(sharesOf([HALF, HALF], 2 * HALF, 90)).toEqual([1, 0]);
});

test('remainders are equal where 13 / 24 and 1 / 24 leave two thirds of a thousandth, though in doubles they differ', () => {
  expect(sharesOf([13 * P, P], 14 * P, 10)).toEqual([54_167, 4_166]);
});

test.each([
  [0, 'low'],
  [19_999, 'low'],
  [20_000, 'guarded'],
  [39_999, 'guarded'],
  [40_000, 'elevated'],
  [59_999, 'elevated'],
  [60_000, 'high'],
  [79_999, 'high'],
  [80_000, 'severe'],
])('%i thousandths are %s', (risk, band) => expect(bandOf(risk)).toBe(band));

test.each([
  ['nothing', 0, 0, null],
  ['a little less than a point', 0, P - 1, null],
  ['a point', 0, P, 1000],
  ['a point of which half is relief', P / 2, P / 2, 500],
  ['what rounds up at the half', 2 * P - P / 1000, P / 1000, 1],
])('omega of %s', (_what, escalation, diplomacy, omega) => expect(omegaOf(escalation, diplomacy)).toBe(omega));

/** M is 10 points: 3/2 and 2/3 are of the stocks with it. */
test.each([
  ['half as much again', 20 * P, 10 * P, 'rising'],
  ['a unit less than that', 20 * P - 1, 10 * P, 'steady'],
  ['two thirds', 10 * P, 20 * P, 'falling'],
  ['a unit more than that', 10 * P + 1, 20 * P, 'steady'],
  ['little after nothing', 4 * P, 0, 'steady'],
  ['enough after nothing', 5 * P, 0, 'rising'],
])('%s is %s -> %s: %s', (_what, now, before, movement) => {
  expect(movementOf(now, before, false)).toBe(movement);
  expect(movementOf(now, before, true)).toBe('quiet');
});

test('a gauge is half at its reference, and its tempo what a stock in balance loses in a day', () => {
  expect([gauge(0, 90), gauge(90 * P, 90), gauge(270 * P, 90)]).toEqual([0, 50_000, 75_000]);
  expect([tempo(0), tempo(P), tempo(10 * P)]).toEqual([0, 0.099, 0.99]);
});
