import { randomBytes } from 'node:crypto';
import { Tokens, type Point } from './tokens';

const logId = '0197a3c0-0000-7000-8000-00000000000a';
const keys = [randomBytes(32), randomBytes(32)];
const point: Point = { kind: 'point', position: 41, index: 0, level: 'RED', filter: '' };

test('a token opens to what was sealed, and the same point gives the same token everywhere', () => {
  const token = new Tokens(keys, logId).seal(point);
  expect(new Tokens(keys, logId).seal(point)).toBe(token);
  expect(new Tokens(keys, logId).open(token, 'asOf', { kind: 'point', level: 'RED' })).toEqual(point);
});

test('a rotated key still opens what it sealed', () => {
  const token = new Tokens([keys[1] as Buffer], logId).seal(point);
  expect(new Tokens(keys, logId).open(token, 'asOf', { kind: 'point', level: 'RED' }).position).toBe(41);
});

test('tokens are as long whatever they hold', () => {
  const tokens = new Tokens(keys, logId);
  const lengths = [0, 1, 2 ** 40].map((position) => tokens.seal({ ...point, position, filter: `x${position}` }).length);
  expect(new Set(lengths).size).toBe(1);
});

test.each([
  [
    'altered',
    (token: string) =>
      token[60] === 'A' ? `${token.slice(0, 60)}B${token.slice(61)}` : `${token.slice(0, 60)}A${token.slice(61)}`,
  ],
  ['cut', (token: string) => token.slice(0, -1)],
  ['something else', () => 'abc'],
])('a token that was %s is refused', (_, alter) => {
  const tokens = new Tokens(keys, logId);
  expect(() => tokens.open(alter(tokens.seal(point)), 'asOf', { kind: 'point', level: 'RED' })).toThrow(
    /not a token of this log/,
  );
});

test.each([
  ['another log', { logId: '0197a3c0-0000-7000-8000-00000000000b' }, /not a token of this log/],
  ['another use', { kind: 'page' as const }, /another kind/],
  ['other filters', { filter: 'type=StrikeReported' }, /other filters/],
  ['another level', { level: 'GREEN' as const }, /level/],
])('a token of %s is refused', (_, use, says) => {
  const token = new Tokens(keys, logId).seal(point);
  const { logId: other = logId, ...rest } = use as { logId?: string };
  expect(() => new Tokens(keys, other).open(token, 'asOf', { kind: 'point', level: 'RED', ...rest })).toThrow(says);
});
