import type { OwnFields } from './facts';
import { inOrder } from './effective-events';
import { type Incident } from './incidents';
import { formatMinute, type Minute } from './instant';
import { isRemembered } from './relevant';

/** What was agreed or promised, and what became of it. */
export interface Commitment {
  readonly eventId: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly code: string;
  /** Member codes at the source end and at the target end. */
  readonly by: readonly string[];
  readonly with: readonly string[];
  readonly verified: boolean;
  /** A state that holds at `at`. */
  readonly inForce: boolean;
  readonly endedAt: string | null;
  readonly endedBy: string | null;
}

export interface Agreement extends Commitment {
  readonly stage: string | null;
  readonly document: string | null;
  readonly outcome: string | null;
}

export interface Measure extends Commitment {
  readonly measure: string | null;
  readonly reciprocity: string | null;
  /** From the latest report of the measure that says how far it has come. */
  readonly implementation: { readonly value: string; readonly eventId: string } | null;
  readonly expiresAt: string | null;
}

/** The latest, at most. */
export const MAX_LISTED = 50;

const AGREEMENT_SIGNED = '057';

export const isAgreement = ({ facts }: Incident): boolean =>
  facts.code === AGREEMENT_SIGNED ||
  (facts.type === 'MultilateralEngagementReported' && facts.own?.format === 'agreement');

/** @param agreements in order */
export const agreementsOf = (agreements: readonly Incident[], at: Minute): Agreement[] =>
  latest(agreements, at).map((incident) => ({
    ...commitment(incident, at),
    stage: incident.facts.own?.stage ?? null,
    document: incident.facts.own?.document ?? null,
    outcome: incident.facts.own?.outcome ?? null,
  }));

/** @param measures in order */
export const measuresOf = (measures: readonly Incident[], at: Minute): Measure[] =>
  latest(measures, at).map((incident) => ({
    ...commitment(incident, at),
    measure: incident.facts.own?.measure ?? null,
    reciprocity: incident.facts.own?.reciprocity ?? null,
    implementation: lastSaid(incident, 'implementation'),
    expiresAt: incident.facts.own?.expiresAt ?? null,
  }));

const latest = (commitments: readonly Incident[], at: Minute): Incident[] =>
  commitments
    .filter((incident) => isRemembered(incident, at) || holds(incident, at))
    .slice(-MAX_LISTED)
    .reverse();

const holds = (incident: Incident, at: Minute): boolean => incident.facts.state && incident.ageFrom() > at;

function commitment(incident: Incident, at: Minute): Commitment {
  const { speaker, facts, id, verified } = incident;
  const end = incident.ageFrom();
  return {
    eventId: id,
    type: facts.type,
    occurredAt: facts.occurredAt,
    code: facts.code,
    by: speaker.reach.source.map((member) => member.code),
    with: speaker.reach.target.map((member) => member.code),
    verified,
    inForce: holds(incident, at),
    endedAt: facts.state && end <= at ? formatMinute(end) : null,
    endedBy: incident.endedBy()?.id ?? null,
  };
}

function lastSaid(incident: Incident, name: keyof OwnFields): { value: string; eventId: string } | null {
  const said = incident.reports
    .map((report) => report.version)
    .sort(inOrder)
    .findLast((version) => version.facts.own?.[name] !== undefined);
  return said === undefined ? null : { value: said.facts.own![name] as string, eventId: said.eventId };
}
