import type { EffectiveVersion } from './effective-events';
import { horizonOf } from './extremes';
import type { Facts } from './facts';
import { keyOf, type Incident } from './incidents';
import type { Minute } from './instant';
import { traceOf, Traces } from './traces';
import { VERIFIED_FROM } from './weights';

/** What an event must be to matter after it has lost its weight. */
export type Lasting = (facts: Facts) => boolean;

/** For the stocks: a state, and what may end it. */
export const keepsWeight: Lasting = (facts) => facts.state || facts.ends.length > 0;

/**
 * For a view: also a contact (channels count them), a strike, and whatever an analyst said more of than machines do
 * (positions, demands, measures).
 */
export const isLasting: Lasting = (facts) =>
  facts.own !== null ||
  keepsWeight(facts) ||
  facts.type === 'MediationContactReported' ||
  facts.type === 'AnalystAssessmentIssued' ||
  (facts.kinetic && facts.eightQ >= VERIFIED_FROM);

/** Lists of agreements, measures and engagements go back as far as the stocks do, and further for what was said more of. */
export const isRemembered = ({ facts }: Incident, at: Minute): boolean =>
  facts.instant >= horizonOf(at) || facts.own !== null;

/**
 * The part of S that V needs: V of it is V of S, byte for byte. What lies within the horizon, what lasts, every
 * other report of their incidents, and the latest event (so that nothing reported stays distinct from nothing recent).
 *
 * @param events S, in order
 */
export function relevantOf(
  events: readonly EffectiveVersion[],
  at: Minute,
  lasting: Lasting = isLasting,
): readonly EffectiveVersion[] {
  const horizon = horizonOf(at);
  const latest = events.findLastIndex((event) => event.facts.counts);
  const picked = new Uint8Array(events.length);
  const traces = new Int32Array(events.length);
  const ofPicked = new Traces(events.length);
  let count = 0;
  for (let i = 0; i < events.length; i++) {
    const event = events[i]!;
    traces[i] = traceOf(keyOf(event));
    if (event.facts.instant < horizon && i !== latest && !lasting(event.facts)) continue;
    picked[i] = 1;
    ofPicked.add(traces[i]!);
    count++;
  }
  if (count === events.length) return events;
  const ofOthers = new Traces(events.length);
  const othersKeys = new Set<string>();
  for (let i = 0; i < events.length; i++) {
    if (picked[i] === 1 || !ofPicked.mayHave(traces[i]!)) continue;
    ofOthers.add(traces[i]!);
    othersKeys.add(keyOf(events[i]!));
  }
  const shared = new Set<string>();
  for (let i = 0; i < events.length; i++) {
    if (picked[i] === 0 || !ofOthers.mayHave(traces[i]!)) continue;
    const key = keyOf(events[i]!);
    if (othersKeys.has(key)) shared.add(key);
  }
  return events.filter((event, i) => picked[i] === 1 || (ofPicked.mayHave(traces[i]!) && shared.has(keyOf(event))));
}
