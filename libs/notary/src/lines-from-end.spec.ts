import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { linesFromEnd } from './lines-from-end';

const folder = mkdtempSync(join(tmpdir(), 'crisis-log-lines-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string): { text: string; end: number }[] {
  const file = join(folder, 'file');
  writeFileSync(file, text);
  const descriptor = openSync(file, 'r');
  try {
    return [...linesFromEnd(descriptor)];
  } finally {
    closeSync(descriptor);
  }
}

test('gives every finished line, last first, with where it ends, across blocks', () => {
  const line = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.nat({ max: 90_000 }).map((length) => 'é'.repeat(length)),
  );
  fc.assert(
    fc.property(
      fc.array(
        line.map((text) => text.replaceAll('\n', '')),
        { maxLength: 6 },
      ),
      line,
      (lines, rest) => {
        const cutOff = rest.replaceAll('\n', '');
        let end = 0;
        const expected = lines.map((text) => ({ text, end: (end += Buffer.byteLength(text) + 1) }));
        expect(read(lines.map((text) => `${text}\n`).join('') + cutOff)).toEqual(expected.reverse());
      },
    ),
    { numRuns: 100 },
  );
});
