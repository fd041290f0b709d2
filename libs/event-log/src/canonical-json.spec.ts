import { join } from 'node:path';
import fc from 'fast-check';
import { ROOT } from '../../../test/support/fixture';
import { canonicalJson, MAX_DEPTH } from './canonical-json';

// By path: the package exports itself to `import` only, and Jest requires.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const oracle = require(join(ROOT, 'node_modules/canonicalize/lib/canonicalize.js')) as typeof import('canonicalize');
const canonicalize = oracle.default;

const text = fc.string({ unit: 'binary' }); // whole code points, astral ones included
const leaf = fc.oneof(
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.integer(),
  text,
  fc.boolean(),
  fc.constant(null),
);
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('json'), { maxLength: 5 }),
    fc.dictionary(
      fc.oneof(text, fc.constantFrom('10', '9', '', '€', '\u{1f600}', '\ufb33', '__proto__')),
      tie('json'),
      {
        maxKeys: 6,
        noNullPrototype: false,
      },
    ),
  ),
}));

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

describe('canonical JSON', () => {
  it('is RFC 8785: equal to an independent implementation on any JSON', () => {
    fc.assert(
      fc.property(json, (value) => expect(canonicalJson(value)).toBe(canonicalize(value))),
      { numRuns: 2_000 },
    );
  });

  it('forgets the order of members and keeps the value', () => {
    const shuffled = fc.dictionary(text, leaf).chain((object) => {
      const entries = Object.entries(object);
      return fc.tuple(fc.constant(object), fc.shuffledSubarray(entries, { minLength: entries.length }));
    });
    fc.assert(
      fc.property(shuffled, ([object, entries]) => {
        expect(canonicalJson(Object.fromEntries(entries))).toBe(canonicalJson(object));
      }),
    );
  });

  it('sorts many members as it sorts few', () => {
    fc.assert(
      fc.property(fc.dictionary(text, leaf, { minKeys: 20, maxKeys: 60 }), (value) => {
        expect(canonicalJson(value)).toBe(canonicalize(value));
      }),
    );
  });

  it.each([
    ['members by UTF-16 code unit, not by code point', { '\u{1f600}': 1, '\ufb33': 2 }, '{"\u{1f600}":1,"\ufb33":2}'],
    ['integer-like names as text', { 9: 1, 10: 2 }, '{"10":2,"9":1}'],
    ['numbers as ECMAScript prints them', [-0, 1e21, 1e-7, 333333333.33333329], '[0,1e+21,1e-7,333333333.3333333]'],
    [
      'short escapes where they exist, lower-case hex elsewhere',
      '\b\t\n\f\r"\\\u001f',
      '"\\b\\t\\n\\f\\r\\"\\\\\\u001f"',
    ],
    ['U+2028 and U+007F as they are', '\u2028\u007f', '"\u2028\u007f"'],
    ['an own member named __proto__', JSON.parse('{"a":1,"__proto__":2}'), '{"__proto__":2,"a":1}'],
  ])('writes %s', (_rule, value, expected) => expect(canonicalJson(value)).toBe(expected));

  it.each([
    ['a lone surrogate', 'a\ud800'],
    ['a lone surrogate in a name', { '\udc00': 1 }],
    ['NaN', Number.NaN],
    ['Infinity', [Number.POSITIVE_INFINITY]],
    ['undefined', { a: undefined }],
    ['a bigint', 1n],
    ['nesting beyond the limit', nested(MAX_DEPTH + 1)],
    ['nesting far beyond the stack', nested(100_000)],
  ])('refuses %s', (_what, value) => expect(() => canonicalJson(value)).toThrow(TypeError));

  it('accepts nesting up to the limit', () => {
    expect(canonicalJson(nested(MAX_DEPTH))).toBe('['.repeat(MAX_DEPTH) + ']'.repeat(MAX_DEPTH));
  });
});
