import { remaining, type Extremes } from './extremes';
import type { Frame } from './frame';
import { gauge, points } from './gauges';
import type { Minute } from './instant';
import type { Parties } from './parties';

/** Two parties of different sides, by the same rules as the crisis, applied to what passes between the two alone. */
export interface Dyad {
  readonly parties: readonly [string, string];
  readonly risk: number;
  readonly diplomacyGauge: number;
  /** Stocks, in points. */
  readonly escalation: number;
  readonly diplomacy: number;
}

/** The daily extremes are found pair by pair, so a dyad's winners are those that won one of its two pairs. */
export function dyadsOf(extremes: Extremes, frame: Frame, parties: Parties, at: Minute): Dyad[] {
  const escalation = new Map<number, number>();
  const diplomacy = new Map<number, number>();
  for (const [winners, stocks] of [
    [extremes.escalating, escalation],
    [extremes.relieving, diplomacy],
  ] as const)
    for (const incident of winners.all) {
      const left = remaining(incident, at);
      const won = extremes.wonPairs(incident).map(({ from, to }) => parties.unorderedKey(from, to));
      for (const key of new Set(won)) stocks.set(key, (stocks.get(key) ?? 0) + left);
    }
  return [...parties.at(at).opponents()].map(([a, b]) => {
    const key = parties.unorderedKey(a, b);
    const hostile = escalation.get(key) ?? 0;
    const friendly = diplomacy.get(key) ?? 0;
    return {
      parties: [a.code, b.code],
      risk: gauge(hostile, frame.riskReference) / 1000,
      diplomacyGauge: gauge(friendly, frame.diplomacyReference) / 1000,
      escalation: points(hostile),
      diplomacy: points(friendly),
    };
  });
}
