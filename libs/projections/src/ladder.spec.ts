import { fixture } from '../../../test/support/fixture';
import { millisecondsOf, Moment } from './instant';
import { MemoryCrisis } from './spec/memory-crisis';
import { recorded, type WireEvent } from './spec/recorded-events';

interface Rung {
  readonly risk: number;
  readonly diplomacyGauge: number;
  readonly level?: number;
  readonly conflictRisk?: string;
}

interface Ladder {
  readonly order: string[];
  readonly scenarios: { name: string; events: WireEvent[]; at: string; expected: Rung }[];
  readonly checks: {
    name: string;
    at: string;
    relation: string;
    first: WireEvent[];
    second: WireEvent[];
    expected: { first: Rung; second: Rung };
  }[];
}

const { order, scenarios, checks } = fixture<Ladder>('ladder.json');

const rungOf = (events: WireEvent[], at: string): Required<Rung> => {
  const view = new MemoryCrisis(recorded(events)).view(new Moment(millisecondsOf(at))) as unknown as Required<Rung> & {
    alerts: { conflictRisk: { state: string } };
  };
  const { risk, diplomacyGauge, level, alerts } = view;
  return { risk, diplomacyGauge, level, conflictRisk: alerts.conflictRisk.state };
};

test.each(scenarios)('$name is where the ladder says', ({ events, at, expected }) => {
  expect(rungOf(events, at)).toEqual(expected);
});

test('every situation has a greater risk than the one before', () => {
  expect(scenarios.map(({ name }) => name)).toEqual(order);
  const risks = scenarios.map(({ events, at }) => rungOf(events, at).risk);
  for (const [i, risk] of risks.entries()) if (i > 0) expect(risk).toBeGreaterThan(risks[i - 1]!);
});

const RELATIONS: Record<string, (first: Rung, second: Rung) => boolean> = {
  'equal risk, higher diplomacyGauge': (a, b) => a.risk === b.risk && a.diplomacyGauge > b.diplomacyGauge,
  'equal risk': (a, b) => a.risk === b.risk,
  'risk not greater': (a, b) => a.risk <= b.risk,
  'risk greater': (a, b) => a.risk > b.risk,
};

test.each(checks)('$name: $relation', ({ first, second, at, relation, expected }) => {
  const [a, b] = [rungOf(first, at), rungOf(second, at)];
  expect(a).toMatchObject(expected.first);
  expect(b).toMatchObject(expected.second);
  expect(RELATIONS[relation]!(a, b)).toBe(true);
});
