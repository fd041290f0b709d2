import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './support/fixture';

/** What the pages on security say is held by a test: the test is there, under the name that they give it. */
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
/** A spec, in `test/e2e` where nothing else is said, and the names of tests in it that follow. */
const CLAIM = /`([\w./-]+\.spec\.ts)`((?:,? "[^"]+")*)/g;

test('docs/running.md names every setting that is read', () => {
  const settings = new Set(textOf('apps/api/src/config.ts').match(/(?<=`)[A-Z][A-Z_]+(?=`)/g));
  expect(settings.size).toBeGreaterThan(15);
  const page = textOf('docs/running.md');
  expect([...settings].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

describe.each(['docs/attack-diary.md', 'docs/security.md'])('%s', (page) => {
  const text = textOf(page);
  const claims = [...text.matchAll(CLAIM)].map(([, spec = '', titles = '']) => ({
    spec,
    titles: [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title),
  }));

  test('names tests that there are', () => {
    const wrong = claims.flatMap(({ spec, titles }) => {
      const path = spec.includes('/') ? spec : `test/e2e/${spec}`;
      if (!existsSync(join(ROOT, path))) return [`${path} is not there`];
      const source = textOf(path);
      return titles.filter((title) => !source.includes(`'${title}`)).map((title) => `${spec}: no "${title}"`);
    });
    expect(wrong).toEqual([]);
    expect(claims.length).toBeGreaterThan(10);
  });

  test('has a test in each row of a table of what holds', () => {
    const tables = text.split('\n\n').filter((block) => /\| (held by|test) \|\n/.test(block));
    const rows = tables.flatMap((table) => table.trim().split('\n').slice(2));
    expect(rows.length).toBeGreaterThanOrEqual(10);
    expect(rows.filter((row) => !/`[^|]+\.spec\.ts`[^|]*\|$|\| the same \|$/.test(row))).toEqual([]);
  });
});
