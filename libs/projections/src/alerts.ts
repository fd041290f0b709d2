import { outcomeOf } from './channels';
import { inOrder } from './effective-events';
import type { Facts } from './facts';
import { type Incident } from './incidents';
import type { Minute } from './instant';

/**
 * Sections 8 (level) and 9 of the model: what looks back a fixed number of days. `recent` is, in order, at least all
 * incidents within the longest of these, 30 days.
 */
export const LEVEL_DAYS = 30;
export const CONFLICT_DAYS = 14;
export const RESOLUTION_DAYS = 28;

export type ConflictRisk = 'on' | 'unverified' | 'off';

export interface Alerts {
  readonly conflictRisk: { readonly state: ConflictRisk; readonly events: readonly string[] };
  /** Necessary, not sufficient. */
  readonly resolutionOpportunity: { readonly state: boolean; readonly events: readonly string[] };
}

/** 3 force, 2 a threat of it, forces moved or sanctions, 1 anything with weight, 0 nothing. */
export type IntensityLevel = 0 | 1 | 2 | 3;

export const intensityOf = ({ speaker: { facts, weight } }: Incident): IntensityLevel =>
  weight === 0 ? 0 : intensityOfAct(facts);

/** Of what was done, where it has weight. */
export function intensityOfAct({ kinetic, code }: Facts): 1 | 2 | 3 {
  if (kinetic) return 3;
  return code.startsWith('13') || code.startsWith('15') || code === '163' ? 2 : 1;
}

export function levelOf(recent: readonly Incident[], at: Minute): IntensityLevel {
  let level: IntensityLevel = 0;
  for (const incident of recent) {
    const intensity = intensityOf(incident);
    if (intensity > level && incident.within(LEVEL_DAYS, at)) level = intensity;
  }
  return level;
}

const isThreat = ({ facts }: Incident): boolean => facts.code.startsWith('138') || facts.code === '139';

/** What keeps the alert on, and what keeps it at least `unverified`, while within 14 days. */
export function isVerifiedThreat(incident: Incident): boolean {
  return betweenSides(incident) && incident.verified && isThreat(incident);
}

export function isUnverifiedDanger(incident: Incident): boolean {
  if (!betweenSides(incident)) return false;
  const { kinetic, timePrecision } = incident.facts;
  return incident.verified ? kinetic && timePrecision >= 2 : kinetic || isThreat(incident);
}

const betweenSides = ({ speaker }: Incident): boolean => speaker.weight !== 0 && speaker.reach.adversarial.length > 0;

export function conflictRiskOf(
  recent: readonly Incident[],
  openLegs: readonly Incident[],
  at: Minute,
): Alerts['conflictRisk'] {
  const within = recent.filter((incident) => incident.within(CONFLICT_DAYS, at));
  const on = [...new Set([...openLegs, ...within.filter(isVerifiedThreat)])];
  if (on.length > 0) return { state: 'on', events: idsInOrder(on) };
  const unverified = within.filter(isUnverifiedDanger);
  return { state: unverified.length > 0 ? 'unverified' : 'off', events: idsInOrder(unverified) };
}

/** Whether a side shows willingness by an incident: a promise of its own, or talks in which it takes part. */
export function showsWillingness(incident: Incident, side: number): boolean {
  const { facts, speaker } = incident;
  if (facts.code.startsWith('03') && facts.goldstein10 > 0) return speaker.reach.source.some((m) => m.side === side);
  if (facts.code !== '046') return false;
  const outcome = outcomeOf(incident);
  return outcome !== 'refused' && outcome !== 'broken_off' && speaker.reach.named.some((m) => m.side === side);
}

export function resolutionOpportunityOf(
  recent: readonly Incident[],
  hasActiveChannel: boolean,
  at: Minute,
): Alerts['resolutionOpportunity'] {
  const willing = [0, 1].map((side) =>
    recent.filter((incident) => incident.within(RESOLUTION_DAYS, at) && showsWillingness(incident, side)),
  );
  return {
    state: hasActiveChannel && willing.every((list) => list.length > 0),
    events: idsInOrder([...new Set(willing.flat())]),
  };
}

const idsInOrder = (incidents: readonly Incident[]): string[] =>
  incidents
    .map((incident) => incident.speaker.version)
    .sort(inOrder)
    .map((version) => version.eventId);
