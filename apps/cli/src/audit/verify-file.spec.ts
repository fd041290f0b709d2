import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatVerifierKey, Refusal } from '#ledger';
import { bundleOf, SampleChain, sampleLog } from '../../../../libs/ledger/src/testing/sample-log';
import { UsageError } from '../exit-codes';
import { printedVerdict, verifyFile } from './verify-file';

const folder = mkdtempSync(join(tmpdir(), 'crisis-log-verify-'));
afterAll(() => rmSync(folder, { recursive: true }));

const written = (name: string, text: string | Uint8Array): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

const log = sampleLog(['a', 'b', 'a', 'a']);
const heads = new SampleChain();
const head = heads.addHead(log.tree);
const lines = bundleOf(log, 'a', heads, head);
const key = written('log.vkey', `${formatVerifierKey(heads.signing)}\n`);
const bundle = written('bundle.ndjson', lines.map((line) => `${line}\n`).join(''));

const failed = (file: string, known: { key: string; heads?: string } = { key }): Promise<unknown> =>
  verifyFile(file, known).catch((error: unknown) => error);

test('a bundle in whose texts a line separator stands is one line an event, as it was written', async () => {
  expect(lines[1]).toContain('\u2028');
  expect(await verifyFile(bundle, { key })).toMatchObject({ events: 3, crisis: 'a' });
  const withReturns = written('crlf.ndjson', lines.join('\r\n'));
  expect(await verifyFile(withReturns, { key })).toMatchObject({ events: 3 });
});

test('bytes that are no UTF-8 are refused, not read as something else', async () => {
  const bytes = Buffer.concat([Buffer.from(`${lines[0]}\n{"kind":"`), Buffer.of(0xff), Buffer.from('"}\n')]);
  expect(await failed(written('bytes.ndjson', bytes))).toMatchObject({ reason: 'line-malformed' });
});

test('another file, or a bundle cut off in a line, is told as such', async () => {
  const whole = /; a bundle is the whole of what the server gave/;
  expect(await failed(key)).toMatchObject({ reason: 'line-malformed', detail: expect.stringMatching(whole) });
  const cut = written('cut.ndjson', `${lines[0]}\n${lines[1]!.slice(0, 40)}`);
  expect(await failed(cut)).toMatchObject({ reason: 'line-malformed', detail: expect.stringMatching(whole) });
});

test('a file without line ends is refused before it fills the memory', async () => {
  const refusal = await failed(written('long.ndjson', Buffer.alloc(5 * 1024 * 1024, 'x')));
  expect(refusal).toBeInstanceOf(Refusal);
  expect(refusal).toMatchObject({ reason: 'line-malformed', detail: expect.stringMatching(/longer than/) });
});

test.each([
  ['a folder', folder, { key }],
  ['no file', join(folder, 'nothing'), { key }],
  ['keys that are none', bundle, { key: bundle }],
  ['a key file without keys', bundle, { key: written('empty.vkey', '\n') }],
  ['heads that are none', bundle, { key, heads: written('no-heads', 'text\n') }],
  ['heads that are not there', bundle, { key, heads: join(folder, 'nothing') }],
])('%s: wrong usage, which says nothing of a bundle', async (_what, file, known) => {
  expect(await failed(file, known)).toBeInstanceOf(UsageError);
});

test('what was seen before is read from the file of a monitor or a HEADS_FILE', async () => {
  const seen = [...heads.statements, head].map(({ revision, note }) => ({ revision, note }));
  const lineOf = (line: object) => `${JSON.stringify(line)}\n`;
  const monitors = seen.map((line) => lineOf({ seenAt: 5, ...line })).join('');
  const own = [seen[0]!, { size: 2, root: 'x' }, seen[1]!, { revision: 2, note: '' }].map(lineOf).join('');
  for (const text of [monitors, `${monitors}{"seenAt":6,"rev`, own]) {
    const verdict = await verifyFile(bundle, { key, heads: written('seen', text) });
    expect(printedVerdict(verdict)).toContain('seen     this head was the last one seen');
  }
});
