import * as fc from 'fast-check';
import { definitions } from '..';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Path = readonly (string | number)[];

export interface MutatedExample {
  readonly type: string;
  readonly element: { readonly [name: string]: unknown };
}

/** Values that are right somewhere and wrong elsewhere, and some that are wrong everywhere. */
const values: readonly Json[] = [
  ...[null, true, false, 0, -0, 1, 3, 7, 1.5, -1, 1e9, 1e300, 9007199254740993],
  ...['', ' ', 'A', 'IRN', 'irn', 'unknown', 'proximity', '195', '057', '111', '1', 'text\u0000', '\ud800', 'e\u0301'],
  ...['a\u202eb', 'line\nline', '2025-06-13T00:30:00Z', '2026-02-30T00:00:00Z', '2025-06-13T00:30:00+01:00', 'RED'],
  ...['0197a3c0-0000-7000-8000-000000000002', '0197A3C0-0000-7000-8000-000000000002', 'https://a.example/', 'http://['],
  ...['x'.repeat(201), 'x'.repeat(501), '🕊'.repeat(500), 'StrikeReported', 'EventCorrected', 'oil', 'en-GB', 'future'],
  [],
  {},
  [null],
  [[]],
  ['IRN'],
  ['IRN', 'IRN'],
  [{ code: 'IRN' }],
  [{}],
  { code: 'IRN' },
  { low: 3, best: 2 },
  { lat: 1 },
  Array.from(
    { length: 101 },
    (_, index) => `A${'BCDEFGHIJK'[Math.floor(index / 10)] ?? 'Z'}${'BCDEFGHIJK'[index % 10]}`,
  ),
];

const names = ['code', 'name', 'type', 'tlp', 'eventId', 'low', 'goldstein', 'lon', 'issues', 'unknown'];

const pathsOf = (value: unknown, path: Path = []): Path[] =>
  typeof value === 'object' && value !== null
    ? [
        path,
        ...Object.entries(value).flatMap(([key, child]) =>
          pathsOf(child, [...path, Array.isArray(value) ? Number(key) : key]),
        ),
      ]
    : [path];

/** structuredClone makes objects of another realm under Jest, which class-transformer takes for something else. */
const clone = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(clone);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, clone(child)]));
};

type Edit = 'replace' | 'remove' | 'add' | 'repeat';

const mutate = (element: object, path: Path, edit: Edit, value: Json, name: string): void => {
  let owner = element as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) owner = owner[step] as Record<string | number, unknown>;
  const last = path.at(-1)!;
  const target = owner[last];
  if (edit === 'replace') owner[last] = clone(value);
  else if (edit === 'repeat' && Array.isArray(target)) target.push(clone(target[0]));
  else if (edit === 'add' && typeof target === 'object' && target !== null && !Array.isArray(target))
    (target as Record<string, unknown>)[name] = clone(value);
  else if (Array.isArray(owner)) owner.splice(last as number, 1);
  else delete owner[last];
};

/** Examples of the catalogue with up to three things changed: about half stay valid. `type` itself stays. */
export const mutatedExamples: fc.Arbitrary<MutatedExample> = fc
  .tuple(
    fc.constantFrom(...definitions),
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.constantFrom<Edit>('replace', 'replace', 'remove', 'add', 'repeat'),
        fc.constantFrom(...values),
        fc.constantFrom(...names),
      ),
      { maxLength: 3 },
    ),
  )
  .map(([{ type, example }, edits]) => {
    const element = clone(example) as { [name: string]: unknown };
    for (const [at, edit, value, name] of edits) {
      const paths = pathsOf(element).filter((path) => path.length > 0 && path.join() !== 'type');
      if (paths.length > 0) mutate(element, paths[at % paths.length]!, edit, value, name);
    }
    return { type, element };
  });
