import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrokenChain, checkChain } from '#access';
import { RedReads } from './red-reads';

const folder = mkdtempSync(join(tmpdir(), 'crisis-log-red-'));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (who: string) => ({ who, question: { kind: 'events' }, crises: ['us-iran'], digest: 'x' });
const linesOf = (path: string): string[] => readFileSync(path, 'utf8').trimEnd().split('\n');
const whos = (path: string): unknown[] => linesOf(path).map((line) => (JSON.parse(line) as { who: string }).who);

test('reads that come together are all on record, in order, in one chain that goes on after a restart', async () => {
  const path = join(folder, 'new', 'a.ndjson');
  const log = new RedReads(path, () => 0);
  await Promise.all(['a', 'b', 'c'].map((who) => log.record(read(who))));
  await log.close();
  const again = new RedReads(path, () => 0);
  await again.record(read('d'));
  await again.close();
  expect(whos(path)).toEqual(['a', 'b', 'c', 'd']);
  expect(await checkChain(linesOf(path))).toMatchObject({ lines: 4 });
});

test.each<[string, (lines: string[]) => string[], number]>([
  ['a changed line', ([a, b, c]) => [a!, b!.replace('"who":"b"', '"who":"x"'), c!], 2],
  ['a missing line', ([a, , c]) => [a!, c!], 1],
  ['lines changed round', ([a, b, c]) => [b!, a!, c!], 0],
  ['what is no line', ([a]) => [a!, 'hello'], 1],
])('%s breaks the chain, and nothing more is shown', async (name, change, at) => {
  const path = join(folder, `${name}.ndjson`);
  const log = new RedReads(path, () => 0);
  for (const who of ['a', 'b', 'c']) await log.record(read(who));
  await log.close();
  const changed = change(linesOf(path));
  await expect(checkChain(changed)).rejects.toEqual(new BrokenChain(at));
  writeFileSync(path, `${changed.join('\n')}\n`);
  await expect(new RedReads(path, () => 0).record(read('d'))).rejects.toMatchObject({ type: 'access-log' });
});

test('what is changed further back is found by the full check; a start reads the end alone', async () => {
  const path = join(folder, 'long.ndjson');
  const log = new RedReads(path, () => 0);
  await Promise.all(Array.from({ length: 1000 }, (_, i) => log.record(read(`${i} ${'x'.repeat(500)}`))));
  await log.close();
  writeFileSync(path, readFileSync(path, 'utf8').replace('"who":"7 ', '"who":"8 '));
  const again = new RedReads(path, () => 0);
  await again.record(read('last'));
  await again.close();
  expect(linesOf(path)).toHaveLength(1001);
  await expect(checkChain(linesOf(path))).rejects.toMatchObject({ line: 8 });
});

test('a line that was cut short was answered for by nothing, and is written over', async () => {
  const path = join(folder, 'cut.ndjson');
  const log = new RedReads(path, () => 0);
  await log.record(read('a'));
  await log.close();
  appendFileSync(path, '{"line":1,"at"');
  const again = new RedReads(path, () => 0);
  await again.record(read('b'));
  await again.close();
  expect(whos(path)).toEqual(['a', 'b']);
});

test('where it cannot be written a read is refused, until it can', async () => {
  const place = join(folder, 'place');
  writeFileSync(place, 'a file where a folder should be');
  const log = new RedReads(join(place, 'log.ndjson'), () => 0);
  await expect(log.record(read('a'))).rejects.toMatchObject({ type: 'access-log', status: 503 });
  rmSync(place);
  await log.record(read('b'));
  await log.close();
  expect(whos(join(place, 'log.ndjson'))).toEqual(['b']);
});
