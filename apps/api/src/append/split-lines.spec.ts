import fc from 'fast-check';
import { splitLines } from './split-lines';

const MAX_BYTES = 10;

async function split(...chunks: string[]): Promise<(string | undefined)[]> {
  async function* source(): AsyncGenerator<Buffer> {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  const lines: (string | undefined)[] = [];
  for await (const batch of splitLines(source(), MAX_BYTES)) lines.push(...batch.map((line) => line?.toString()));
  return lines;
}

test.each([
  ['nothing', '', []],
  ['a line without its newline', 'a', ['a']],
  ['two lines', 'a\nb\n', ['a', 'b']],
  ['line ends of Windows', 'a\r\nb\r\n', ['a\r', 'b\r']],
  ['blank lines', '\n\r\n \t\na\n\n', ['a']],
  ['a line as long as allowed', '1234567890\n', ['1234567890']],
  ['a longer one, and those after it', '12345678901\nb\n', [undefined, 'b']],
  ['a longer one at the end', 'a\n12345678901', ['a', undefined]],
])('%s', async (_, text, lines) => {
  expect(await split(text)).toEqual(lines);
});

test('where the chunks are cut makes no difference', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\r', ' '), maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(20), { maxLength: 20 }), async (whole, sizes) => {
      const bytes = Buffer.from(whole);
      const chunks: Buffer[] = [];
      let from = 0;
      for (const size of sizes) chunks.push(bytes.subarray(from, (from += size)));
      chunks.push(bytes.subarray(from));
      const cut: (string | undefined)[] = [];
      for await (const batch of splitLines(fromArray(chunks), MAX_BYTES))
        cut.push(...batch.map((line) => line?.toString()));
      expect(cut).toEqual(await split(whole));
    }),
  );
});

async function* fromArray(chunks: Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}
