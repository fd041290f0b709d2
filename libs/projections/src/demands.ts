import { CONFLICT_DAYS } from './alerts';
import type { Incident } from './incidents';
import { DAY, formatMinute, minuteOf, type Minute } from './instant';

/** A demand that waits for an answer. */
export interface Demand {
  readonly eventId: string;
  readonly occurredAt: string;
  /** Member codes. */
  readonly by: readonly string[];
  readonly to: readonly string[];
  readonly demand: string | null;
  readonly stance: string | null;
  readonly deadlineAt: string | null;
  readonly verified: boolean;
  /** When it lapses by itself; null when only an event that ends it can close it. */
  readonly lapsesAt: string | null;
}

/** The latest, at most. */
const MAX_DEMANDS = 50;
const ULTIMATUM = '139';

/**
 * Official statements that demand something, set a deadline or are an ultimatum, neither ended nor past: past its
 * deadline; without one an ultimatum lapses with the alert it raises, a demand that says what it wants does not.
 *
 * @param statements in order
 */
export const demandsOf = (statements: readonly Incident[], at: Minute): Demand[] =>
  statements
    .filter((incident) => isDemand(incident) && lapse(incident) >= at && incident.endedBy() === undefined)
    .slice(-MAX_DEMANDS)
    .reverse()
    .map(demandOf);

const isDemand = ({ facts: { code, own } }: Incident): boolean =>
  code === ULTIMATUM || own?.stance === 'ultimatum' || own?.demand !== undefined || own?.deadlineAt !== undefined;

function lapse({ facts: { instant, own } }: Incident): Minute {
  if (own?.deadlineAt !== undefined) return minuteOf(own.deadlineAt);
  return own?.demand === undefined ? instant + CONFLICT_DAYS * DAY : Infinity;
}

function demandOf(incident: Incident): Demand {
  const { facts, speaker, id, verified } = incident;
  const lapses = lapse(incident);
  return {
    eventId: id,
    occurredAt: facts.occurredAt,
    by: speaker.reach.source.map((member) => member.code),
    to: speaker.reach.target.map((member) => member.code),
    demand: facts.own?.demand ?? null,
    stance: facts.own?.stance ?? null,
    deadlineAt: facts.own?.deadlineAt ?? null,
    verified,
    lapsesAt: lapses === Infinity ? null : formatMinute(lapses),
  };
}
