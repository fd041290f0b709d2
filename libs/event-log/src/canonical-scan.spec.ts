import fc from 'fast-check';
import { canonicalJson, MAX_DEPTH } from './canonical-json';
import { CanonicalScan } from './canonical-scan';

/** Does the scan take the text, as an object, to its end? */
function takes(text: string): boolean {
  const bytes = Buffer.from(`${text}"stale`);
  const scan = new CanonicalScan(bytes, bytes.length - 6);
  try {
    scan.object();
    scan.end();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return false;
  }
}

/** What it must say: the text is that of its own value. */
function isCanonical(text: string): boolean {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) && canonicalJson(value) === text;
  } catch {
    return false;
  }
}

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'ab', '', '10', '9', 'é', '\u{1f600}', '\ufb33', 'a"', 'a!', 'a ', '\\', '\n'),
  fc.string({ unit: 'grapheme' }),
);
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'medium' },
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.string({ unit: 'binary-ascii' }),
    name,
    fc.constantFrom(null, true, false, 1e21, 1e-7, 123456789012345680, 0.1, -1),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(name, tie('json'), { noNullPrototype: true }),
  ),
}));
const object = fc.dictionary(name, json, { noNullPrototype: true });

test('takes what is canonical', () => {
  fc.assert(
    fc.property(object, (value) => expect(takes(canonicalJson(value))).toBe(true)),
    { numRuns: 2_000 },
  );
});

test('of any change to it says whether it still is', () => {
  const piece = fc.constantFrom(
    '',
    ' ',
    '"',
    ',',
    ':',
    '{',
    '}',
    '[',
    ']',
    '0',
    '-',
    '.',
    'e',
    'a',
    '\\',
    '\\u00',
    'é',
    '\t',
    'true',
  );
  fc.assert(
    fc.property(object, fc.nat(), fc.nat({ max: 3 }), piece, (value, place, length, insert) => {
      const text = canonicalJson(value);
      const at = place % (text.length + 1);
      const changed = (text.slice(0, at) + insert + text.slice(at + length)).toWellFormed();
      // Node's own parser returns wrong names after one with an escape: there it cannot say.
      fc.pre(!/\\.*":/s.test(changed));
      expect([changed, takes(changed)]).toEqual([changed, isCanonical(changed)]);
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  '{"b":1,"a":1}',
  '{"a":1,"a":1}',
  '{"\u{1f600}":1,"\ufb33":1}'.replace(/^(.)(.*),(.*)(.)$/u, '$1$3,$2$4'),
  '{"a": 1}',
  '{"a":01}',
  '{"a":-0}',
  '{"a":1.0}',
  '{"a":1e3}',
  '{"a":1E400}',
  '{"a":12345678901234567890}',
  '{"a":"\\/"}',
  '{"a":"\\u001F"}',
  '{"a":"\\u000a"}',
  '{"a":"\\ud800"}',
  '{"a":"\u007f\t"}',
  '{"a":nul}',
  '{"a":"',
  '{"a":1}}',
  '[]',
  '1',
  '',
])('refuses %j', (text) => {
  expect([takes(text), isCanonical(text)]).toEqual([false, false]);
});

test('goes as deep as JCS does and no deeper', () => {
  const nested = (depth: number): string => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
  expect([takes(nested(MAX_DEPTH)), takes(nested(MAX_DEPTH + 1))]).toEqual([true, false]);
});
