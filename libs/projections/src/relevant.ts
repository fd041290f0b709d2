import type { EffectiveVersion } from './effective-events';
import { horizonOf } from './extremes';
import type { Facts } from './facts';
import { keyOf, type Incident } from './incidents';
import type { Minute } from './instant';
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
  const seen = new Traces(events.length);
  let count = 0;
  for (const [i, event] of events.entries()) {
    if (event.facts.instant < horizon && i !== latest && !lasting(event.facts)) continue;
    picked[i] = 1;
    seen.add(keyOf(event));
    count++;
  }
  if (count === events.length) return events;
  const maybeShared = new Set<string>();
  for (const [i, event] of events.entries())
    if (picked[i] === 0 && seen.mayHave(keyOf(event))) maybeShared.add(keyOf(event));
  const shared = new Set<string>();
  if (maybeShared.size > 0)
    for (const [i, event] of events.entries())
      if (picked[i] === 1 && maybeShared.has(keyOf(event))) shared.add(keyOf(event));
  return events.filter((event, i) => picked[i] === 1 || (shared.size > 0 && shared.has(keyOf(event))));
}

/** A few bits of each key: they tell most keys apart for less than a look-up costs, and never deny one that is there. */
class Traces {
  private readonly marks: Uint8Array;

  constructor(keys: number) {
    this.marks = new Uint8Array(2 ** Math.min(24, 4 + Math.ceil(Math.log2(keys + 1))));
  }

  add(key: string): void {
    this.marks[this.traceOf(key)] = 1;
  }

  mayHave(key: string): boolean {
    return this.marks[this.traceOf(key)] === 1;
  }

  private traceOf(key: string): number {
    let trace = 0;
    for (let i = Math.max(0, key.length - 8); i < key.length; i++)
      trace = (Math.imul(trace, 31) + key.charCodeAt(i)) | 0;
    return trace & (this.marks.length - 1);
  }
}
