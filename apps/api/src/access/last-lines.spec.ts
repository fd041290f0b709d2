import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastLines } from './last-lines';

const folder = mkdtempSync(join(tmpdir(), 'crisis-log-lines-'));
afterAll(() => rmSync(folder, { recursive: true }));

const long = (letter: string): string => letter.repeat(100_000);

test.each<[string, string, string | undefined, string | undefined, number]>([
  ['nothing', '', undefined, undefined, 0],
  ['half a line', 'abc', undefined, undefined, 0],
  ['one line', 'a\n', 'a', undefined, 2],
  ['one line and a half', 'a\nbc', 'a', undefined, 2],
  ['three lines', 'a\nb\nc\n', 'c', 'b', 6],
  ['lines longer than a block', `${long('a')}\n${long('b')}\n${long('c')}\nd`, long('c'), long('b'), 300_003],
  ['letters of several bytes', `${'é'.repeat(70_001)}\nü\nö\n`, 'ö', 'ü', 140_009],
])('of %s', async (name, text, last, before, end) => {
  const path = join(folder, name.replaceAll(' ', '-'));
  writeFileSync(path, text);
  const file = await open(path);
  expect(await lastLines(file)).toEqual({ last, before, end });
  await file.close();
});
