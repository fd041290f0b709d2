import { fixture } from '../../../test/support/fixture';
import { levelIndexOf } from './frame';
import { millisecondsOf, Moment } from './instant';
import { MemoryCrisis } from './spec/memory-crisis';
import { recorded, type WireEvent } from './spec/recorded-events';

interface Query {
  readonly at: string;
  readonly asOf?: number;
  readonly level?: string;
  readonly expected: Json;
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What of `actual` the expectation speaks of: keys that it lacks are dropped, at any depth. */
function spokenOf(actual: Json, expected: Json): Json {
  if (Array.isArray(actual) && Array.isArray(expected))
    return actual.map((item, i) => spokenOf(item, expected[i] ?? null));
  if (actual === null || expected === null || typeof actual !== 'object' || typeof expected !== 'object') return actual;
  if (Array.isArray(actual) || Array.isArray(expected)) return actual;
  return Object.fromEntries(Object.keys(expected).map((key) => [key, spokenOf(actual[key]!, expected[key]!)]));
}

const { examples } = fixture<{ examples: { name: string; events: WireEvent[]; queries: Query[] }[] }>(
  'worked-examples.json',
);

describe.each(examples)('worked example: $name', ({ events, queries }) => {
  const crisis = new MemoryCrisis(recorded(events));

  test.each(queries)('at $at, as of $asOf, at level $level', ({ at, asOf, level, expected }) => {
    const view = crisis.view(
      new Moment(millisecondsOf(at)),
      asOf,
      level === undefined ? undefined : levelIndexOf(level),
    );
    const actual = JSON.parse(JSON.stringify(view)) as Json;
    expect(JSON.stringify(spokenOf(actual, expected))).toBe(JSON.stringify(expected));
  });
});
