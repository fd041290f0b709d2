import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './support/fixture';

/** What each part may import. The lines of the design, held by this test. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'libs/access': ['libs/event-log'],
  'libs/catalogue': [],
  'libs/client': ['libs/catalogue'],
  'libs/event-log': [],
  'libs/ledger': [],
  // Where the record and the ledger meet.
  'libs/notary': ['libs/event-log', 'libs/ledger'],
  'libs/projections': ['libs/catalogue', 'libs/event-log'],
  'libs/sources': ['libs/catalogue'],
  'apps/api': ['libs/access', 'libs/catalogue', 'libs/event-log', 'libs/ledger', 'libs/notary', 'libs/projections'],
  // Like any client it has the record over HTTP, except for its keys, which no request can make; `audit/` also works
  // on a data folder, without the server.
  'apps/cli': [
    ...[
      'libs/access',
      'libs/catalogue',
      'libs/client',
      'libs/event-log',
      'libs/ledger',
      'libs/notary',
      'libs/projections',
    ],
    'libs/sources',
  ],
};
const LIBRARIES = Object.keys(MAY_IMPORT).filter((part) => part.startsWith('libs/'));

const TOP_LEVEL = [
  '.ci',
  '.dockerignore',
  '.git',
  '.gitignore',
  '.prettierignore',
  '.prettierrc',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'Dockerfile',
  'LICENSE',
  'NOTICE',
  'README.md',
  'apps',
  'bench',
  'bin',
  'coverage',
  'data',
  'dist',
  'docker-compose.cluster.yml',
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

/** Specs, and what only specs use: beside the source, or in `test/`. */
const isTest = (file: string): boolean => /\.spec\.ts$|\/(spec|testing)\/|^test\//.test(file);
/** What is run, or imported from outside its folder. */
const ENTRY =
  /\.spec\.ts$|\/index\.ts$|\/main\.ts$|[.-](worker|thread)\.ts$|\/events-page\.ts$|^(bench|examples|test)\//;

const sources = ['apps', 'libs', 'test', 'bench', 'examples'].flatMap(sourcesIn);
const textOf = new Map(sources.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));

test('the top level holds what the design names and nothing else', () => {
  expect(readdirSync(ROOT).filter((name) => !TOP_LEVEL.includes(name))).toEqual([]);
});

test('imports point one way', () => {
  const wrong = sources.flatMap((file) => {
    const part = partOf(file);
    const allowed = MAY_IMPORT[part];
    if (!allowed) return [];
    return importsOf(file)
      .map(({ from }) => partOf(from))
      .filter((target) => target in MAY_IMPORT || (target.startsWith('test/') && !isTest(file)))
      .filter((target) => target !== part && !allowed.includes(target))
      .map((target) => `${file} imports ${target}; ${part} may import ${allowed.join(', ') || 'nothing of ours'}`);
  });
  expect(wrong).toEqual([]);
});

test('only apps import NestJS', () => {
  const wrong = sources.filter(
    (file) => file.startsWith('libs/') && importsOf(file).some(({ name }) => name.startsWith('@nestjs/')),
  );
  expect(wrong).toEqual([]);
});

test('no worker loads NestJS: each would for longer than it does all else', () => {
  const loaded = reachedFrom(
    sources.filter((file) => /\.worker\.ts$/.test(file)),
    valuesOf,
  );
  expect([...loaded].filter((file) => valuesOf(file).some(({ name }) => name.startsWith('@nestjs/')))).toEqual([]);
});

test('what ships enters a library through its index; tests and benches may look inside', () => {
  const wrong = sources.filter(
    (file) =>
      ships(file) &&
      importsOf(file).some(
        ({ name, from }) => name.startsWith('.') && from.startsWith('libs/') && partOf(from) !== partOf(file),
      ),
  );
  expect(wrong).toEqual([]);
});

test('a library exports nothing that nobody imports', () => {
  const unused = LIBRARIES.flatMap((library) => {
    const used = new Set(
      sources
        .filter((file) => partOf(file) !== library)
        .flatMap(importsOf)
        .filter(({ from }) => partOf(from) === library)
        .flatMap(({ names }) => names),
    );
    return valuesExportedBy(library)
      .filter((name) => !used.has(name))
      .map((name) => `${name} of ${library}: take it out of its index`);
  });
  expect(unused).toEqual([]);
});

test('no file needs itself, in a circle, to be loaded', () => {
  const next = (file: string): string[] => valuesOf(file).map(({ from }) => from);
  expect(sources.filter((file) => reachedFrom(next(file), valuesOf).has(file))).toEqual([]);
});

test('names say what a file is for', () => {
  expect(sources.filter((file) => VAGUE.test(file))).toEqual([]);
  expect(sources.filter((file) => !/^[a-z0-9./-]+$/.test(file))).toEqual([]);
});

test(`no source file is longer than ${MAX_LINES} lines`, () => {
  const long = sources.filter((file) => !isTest(file) && textOf.get(file)!.split('\n').length > MAX_LINES);
  expect(long).toEqual([]);
});

test('every source file is reached from an entry point, and none that ships comes from a test', () => {
  const entries = sources.filter((file) => ENTRY.test(file));
  const reached = reachedFrom(entries);
  expect(sources.filter((file) => !reached.has(file))).toEqual([]);
  const shipped = reachedFrom(entries.filter(ships));
  expect([...shipped].filter((file) => isTest(file))).toEqual([]);
});

const ships = (file: string): boolean => !isTest(file) && !file.startsWith('bench/');

function sourcesIn(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}

interface Import {
  /** As written. */
  readonly name: string;
  /** Path of what it leads to, where that is ours; else as written. */
  readonly from: string;
  /** What is taken from it. */
  readonly names: readonly string[];
  /** Nothing is left of it when it runs. */
  readonly isType: boolean;
}

const importsRead = new Map<string, readonly Import[]>();

function importsOf(file: string): readonly Import[] {
  let imports = importsRead.get(file);
  if (imports === undefined) importsRead.set(file, (imports = readImports(file)));
  return imports;
}

function readImports(file: string): Import[] {
  const statements = textOf
    .get(file)!
    .matchAll(/(?:(?:import|export)\s([^;']*?)from|import\s|import\(|require\()\s*'([^']+)'/g);
  return [...statements].map(([, taken = '', name = '']) => ({
    name,
    from: pathOf(file, name),
    names: wordsOf(taken),
    isType: /^type\s/.test(taken) || (taken !== '' && wordsOf(taken.replaceAll(/\btype \w+/g, '')).length === 0),
  }));
}

/** What it needs to be loaded. */
const valuesOf = (file: string): Import[] => importsOf(file).filter(({ isType }) => !isType);

function pathOf(file: string, name: string): string {
  if (name.startsWith('#')) {
    const [library, ...entry] = name.slice(1).split('/');
    return ['libs', library, 'src', ...entry, 'index.ts'].join('/');
  }
  if (!name.startsWith('.')) return name;
  const path = join(dirname(file), name.replace(/\.js$/, ''));
  return textOf.has(`${path}.ts`) ? `${path}.ts` : `${path}/index.ts`;
}

const wordsOf = (clause: string): string[] => clause.match(/[A-Za-z]\w*/g) ?? [];

/**
 * The values that its indexes name. Types may be there for what they say, and a vocabulary or all errors (`export *`)
 * as a whole; a value that is named and that nobody takes is dead.
 */
const valuesExportedBy = (library: string): string[] =>
  [...textOf]
    .filter(([file]) => file.startsWith(`${library}/src/`) && file.endsWith('/index.ts'))
    .flatMap(([, text]) => [...text.matchAll(/^export (?:const )?\{([^}]*)\}/gm)])
    .flatMap(([, list = '']) => wordsOf(list.replaceAll(/\btype \w+/g, '')));

const partOf = (file: string): string => file.split('/').slice(0, 2).join('/');

function reachedFrom(entries: readonly string[], through = importsOf): Set<string> {
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file) || !textOf.has(file)) return;
    reached.add(file);
    for (const { from } of through(file)) visit(from);
  };
  entries.forEach(visit);
  return reached;
}
