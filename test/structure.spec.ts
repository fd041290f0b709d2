import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { ROOT } from './support/fixture';

/** What each part may import. The lines of the design, held by this test. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'libs/catalogue': [],
  'libs/event-log': [],
  'libs/projections': ['libs/catalogue', 'libs/event-log'],
  'libs/sources': ['libs/catalogue'],
  'apps/api': ['libs/catalogue', 'libs/event-log', 'libs/projections'],
  'apps/cli': ['libs/catalogue', 'libs/event-log', 'libs/projections', 'libs/sources'],
};

const TOP_LEVEL = [
  '.ci',
  '.git',
  '.gitignore',
  '.prettierignore',
  '.prettierrc',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'NOTICE',
  'README.md',
  'apps',
  'bench',
  'bin',
  'coverage',
  'data',
  'dist',
  'docker-compose.yml',
  'docs',
  'eslint.config.mjs',
  'examples',
  'jest.config.js',
  'libs',
  'nest-cli.json',
  'node_modules',
  'package-lock.json',
  'package.json',
  'test',
  'tsconfig.json',
];
const VAGUE = /(^|[/-])(utils?|helpers?|common|core|base|managers?|misc)(\.|-|\/|$)/;
const MAX_LINES = 300;

const sources = filesBelow(ROOT, ['apps', 'libs', 'test', 'bench', 'examples']).filter((file) => file.endsWith('.ts'));

test('the top level holds what the design names and nothing else', () => {
  expect(readdirSync(ROOT).filter((name) => !TOP_LEVEL.includes(name))).toEqual([]);
});

test('imports point one way', () => {
  const wrong = sources.flatMap((file) => {
    const part = partOf(file);
    const allowed = MAY_IMPORT[part];
    if (!allowed) return [];
    return importsOf(file)
      .map((name) => targetOf(file, name))
      .filter((target): target is string => target !== undefined && target !== part && !allowed.includes(target))
      .filter((target) => !(isTest(file) && target.startsWith('test/')))
      .map((target) => `${file} imports ${target}; ${part} may import ${allowed.join(', ') || 'nothing of ours'}`);
  });
  expect(wrong).toEqual([]);
});

test('only apps import NestJS', () => {
  const wrong = sources.filter(
    (file) => file.startsWith('libs/') && importsOf(file).some((name) => name.startsWith('@nestjs/')),
  );
  expect(wrong).toEqual([]);
});

test('a library is entered through its index, never past it', () => {
  const wrong = sources.filter((file) =>
    importsOf(file).some(
      (name) => /^(\.\.\/)+libs\//.test(name) && !file.startsWith('test/') && !file.startsWith('bench/'),
    ),
  );
  expect(wrong).toEqual([]);
});

test('names say what a file is for', () => {
  expect(sources.filter((file) => VAGUE.test(file))).toEqual([]);
  expect(sources.filter((file) => !/^[a-z0-9./-]+$/.test(file))).toEqual([]);
});

test(`no source file is longer than ${MAX_LINES} lines`, () => {
  const long = sources.filter(
    (file) => !file.endsWith('.spec.ts') && !file.startsWith('test/') && lines(file) > MAX_LINES,
  );
  expect(long).toEqual([]);
});

test('every source file is reached from an entry point', () => {
  const entries = sources.filter((file) =>
    /\.spec\.ts$|\/index\.ts$|main\.ts$|worker\.ts$|^bench\/|^examples\/|^test\//.test(file),
  );
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const name of importsOf(file)) if (name.startsWith('.')) visit(existing(join(dirname(file), name)));
  };
  entries.forEach(visit);
  const unused = sources.filter((file) => !reached.has(file));
  expect(unused).toEqual([]);
  const shipped = new Set<string>();
  reached.clear();
  entries.filter((file) => !isTest(file)).forEach(visit);
  reached.forEach((file) => shipped.add(file));
  expect([...shipped].filter((file) => isTest(file) && !file.startsWith('test/'))).toEqual([]);
});

/** Specs, and what only specs use, beside the source. */
const isTest = (file: string): boolean => /\.spec\.ts$|\/(spec|testing)\//.test(file);

function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/(?:from|import|require\()\s*'([^']+)'/g)].map((match) => match[1] as string);
}

function targetOf(file: string, name: string): string | undefined {
  if (name.startsWith('#')) return `libs/${name.slice(1)}`;
  return name.startsWith('.') ? partOf(relative(ROOT, resolve(ROOT, dirname(file), name))) : undefined;
}

const partOf = (file: string): string => file.split('/').slice(0, 2).join('/');

const lines = (file: string): number => readFileSync(join(ROOT, file), 'utf8').split('\n').length;

const existing = (path: string): string => (sources.includes(`${path}.ts`) ? `${path}.ts` : `${path}/index.ts`);

function filesBelow(root: string, folders: readonly string[]): string[] {
  return folders.flatMap((folder) => {
    const path = join(root, folder);
    return readdirSync(path).flatMap((name) => {
      const child = join(folder, name);
      return statSync(join(root, child)).isDirectory() ? filesBelow(root, [child]) : [child];
    });
  });
}
