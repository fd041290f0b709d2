import type { EffectiveVersion } from './effective-events';
import { horizonOf } from './extremes';
import type { Facts } from './facts';
import { keyOf } from './incidents';
import type { Minute } from './instant';
import { VERIFIED_FROM } from './weights';

/**
 * Whether an event may matter to a view long after it has lost its weight: a contact (channels count them), a
 * strike, a multilateral engagement, a state and what may end it, and whatever an analyst said more of than
 * machines do (positions, demands, measures).
 */
export const isLasting = (facts: Facts): boolean =>
  facts.own !== null ||
  facts.state ||
  facts.ends.length > 0 ||
  facts.type === 'MediationContactReported' ||
  facts.type === 'MultilateralEngagementReported' ||
  facts.type === 'AnalystAssessmentIssued' ||
  (facts.kinetic && facts.eightQ >= VERIFIED_FROM);

/**
 * The part of S that V needs: V of it is V of S, byte for byte. What lies within the horizon, what lasts, every
 * other report of their incidents, and the latest event (so that nothing reported stays distinct from nothing recent).
 *
 * @param events S, in order
 */
export function relevantOf(events: readonly EffectiveVersion[], at: Minute): EffectiveVersion[] {
  const horizon = horizonOf(at);
  const last = events.length - 1;
  const picked = events.map((event, i) => event.facts.instant >= horizon || i === last || isLasting(event.facts));
  const incidents = new Set<string>();
  for (const [i, event] of events.entries()) if (picked[i]) incidents.add(keyOf(event));
  return events.filter((event, i) => picked[i] || incidents.has(keyOf(event)));
}
