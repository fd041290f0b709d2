import fc from 'fast-check';
import { Problem } from './problem';
import { MAX_DEPTH, parseStrict, parseStrictText } from './strict-json';

const REFUSED: readonly (readonly [name: string, text: string, says: RegExp])[] = [
  ['truncated', '{"a":1', /not JSON/],
  ['trailing data', '{} {}', /not JSON/],
  ['a byte order mark', '\uFEFF{}', /byte order mark/],
  ['a comma too many', '[1,]', /not JSON/],
  ['NaN', '{"a":NaN}', /not JSON/],
  ['a duplicate name', '{"a":1,"a":1}', /"a" stands twice/],
  ['a duplicate name far inside', '{"x":[{"b":{"c":1,"d":2,"c":3}}]}', /"c" stands twice/],
  ['a duplicate after white space', '{"a" :1,"a"\n:2}', /"a" stands twice/],
  ['an escaped name', '{"\\u0061":1}', /escape/],
  ['an escaped quote in a name', '{"a\\"":1}', /escape/],
  ['__proto__', '{"__proto__":{}}', /__proto__/],
  ['an integer beyond 2^53', '{"a":9007199254740993}', /2\^53/],
  ['a large integer with exponent', '[1e17]', /2\^53/],
  ['infinity', '[1e400]', /too large/],
  ['what would be zero', '[1e-400]', /too small/],
  ['a lone high surrogate', '{"a":"\\ud800"}', /surrogate/],
  ['a lone low surrogate in an array', '["x","\\udc00y"]', /surrogate/],
  ['depth', `${'['.repeat(MAX_DEPTH + 1)}${']'.repeat(MAX_DEPTH + 1)}`, /levels/],
  ['nothing', '', /not JSON/],
];

test.each(REFUSED)('%s is refused', (_, text, says) => {
  expect(() => parseStrictText(text)).toThrow(Problem);
  expect(() => parseStrictText(text)).toThrow(says);
});

test('invalid UTF-8 is refused', () => {
  expect(() => parseStrict(Buffer.from([0x22, 0xff, 0x22]))).toThrow(/UTF-8/);
});

test.each([
  '{"a":"\\"b\\\\","c":"\\ud83d\\ude00"}',
  '{"a":9007199254740991,"b":-0.5,"c":1.5e-300,"d":0.0e-400,"e":5e-324}',
  '{"a":{"a":{"a":[]}},"constructor":1,"1":2,"0":3}',
  '["a\\\\","b:c","d\\":"]',
  `${'['.repeat(MAX_DEPTH)}${']'.repeat(MAX_DEPTH)}`,
])('%s reads as JSON.parse reads it', (text) => {
  expect(parseStrictText(text)).toEqual(JSON.parse(text));
});

test('whatever JSON.stringify writes of plain values is read back', () => {
  const key = fc.stringMatching(/^[a-z0-9_]{1,8}$/).filter((name) => name !== '__proto__');
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.string({ unit: 'grapheme' }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(value, fc.constantFrom(0, 1, 2), (json, indent) => {
      const text = JSON.stringify(json, null, indent);
      expect(parseStrictText(text)).toEqual(JSON.parse(text));
    }),
  );
});

test.each([
  ['short strings', JSON.stringify(Array.from({ length: 100_000 }, (_, i) => `s${i}`))],
  ['escapes', JSON.stringify('\n'.repeat(500_000))],
  ['escaped quotes', JSON.stringify('"'.repeat(500_000))],
  ['numbers', `[${'1.5,'.repeat(250_000)}1]`],
])('a megabyte of %s is read in linear time', (_, text) => {
  const cpuOf = (work: () => void): number => {
    const started = process.threadCpuUsage();
    work();
    return process.threadCpuUsage(started).user;
  };
  const plain = cpuOf(() => {
    for (let i = 0; i < 20; i++) JSON.parse(text);
  });
  expect(cpuOf(() => parseStrictText(text))).toBeLessThan(plain * 5);
});
