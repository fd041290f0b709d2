import { LEVEL_DAYS } from './alerts';
import { linesOf, stateOf, type Line } from './channels';
import type { EffectiveVersion } from './effective-events';
import { HALF_LIFE_HOURS } from './decay';
import { Extremes, horizonOf } from './extremes';
import type { Frame } from './frame';
import { MOVEMENT_FLOOR_POINTS, movementOf, omegaOf, type Movement } from './gauges';
import { Incidents, inOneList, type Incident, type IncidentsByType } from './incidents';
import { DAY, type Minute, type Moment } from './instant';
import { Parties, type Roster } from './parties';
import { exchangeOf, type Exchange } from './retaliation';
import { KINETIC_FACTOR } from './weights';
import type { WindowInputs } from './window';

/** The two stocks, integers in 1 / (80 * 2^26) points. */
export interface Stocks {
  readonly escalation: number;
  readonly diplomacy: number;
}

/** Everything that the views of one crisis at one moment have in common: a pure function of (frame, S, at). */
export interface Present {
  readonly frame: Frame;
  readonly at: Moment;
  readonly parties: Parties;
  /** Who is who at `at`. */
  readonly roster: Roster;
  /** As far as they can matter. */
  readonly incidents: IncidentsByType;
  /** Those within 30 days, in order: all that the level and the alerts look at. */
  readonly recent: readonly Incident[];
  /** In order. */
  readonly assessments: readonly EffectiveVersion[];
  readonly extremes: Extremes;
  readonly stocks: Stocks;
  /** The same 14 days ago. */
  readonly before: Stocks;
  /** No incident with weight lies within 14 days. */
  readonly quiet: boolean;
  readonly escalationMovement: Movement;
  readonly diplomacyMovement: Movement;
  /** In thousandths. */
  readonly omega: number | null;
  readonly omegaChange7: number | null;
  readonly exchange: Exchange;
  readonly lines: readonly Line[];
  readonly hasActiveChannel: boolean;
  readonly window: WindowInputs;
  /** What the model was told, for the record. */
  readonly model: { readonly version: string; readonly parameters: Readonly<Record<string, number>> };
}

export const MOVEMENT_DAYS = 14;
const OMEGA_CHANGE_DAYS = 7;

/** @param events as `situationOf` takes them */
export function presentOf(frame: Frame, events: readonly EffectiveVersion[], at: Moment): Present {
  const { minute } = at;
  const parties = new Parties(frame);
  const extremes = new Extremes(horizonOf(minute));
  const folded = new Incidents(parties, extremes);

  // One pass in order: a look back is the same sum, read where S cut at the earlier time ends.
  let next = 0;
  const stocksAt = (time: Minute): Stocks => {
    for (; next < events.length && events[next]!.facts.instant <= time; next++)
      if (events[next]!.facts.counts) folded.add(events[next]!);
    return { escalation: extremes.escalating.stock(time), diplomacy: extremes.relieving.stock(time) };
  };
  const before = stocksAt(minute - MOVEMENT_DAYS * DAY);
  const weekAgo = stocksAt(minute - OMEGA_CHANGE_DAYS * DAY);
  const stocks = stocksAt(minute);

  const incidents = folded.byType();
  const recent = inOneList(
    ...Object.values(incidents).map((list) => list.filter((incident) => incident.within(LEVEL_DAYS, minute))),
  );
  const quiet = !recent.some((incident) => incident.speaker.weight !== 0 && incident.within(MOVEMENT_DAYS, minute));
  const omega = omegaOf(stocks.escalation, stocks.diplomacy);
  const omegaWeekAgo = omegaOf(weekAgo.escalation, weekAgo.diplomacy);
  const lines = linesOf(incidents.MediationContactReported, parties, minute);
  const exchange = exchangeOf(incidents, parties, minute);
  const anythingReported = Object.values(incidents).some((list) => list.length > 0);
  return {
    frame,
    at,
    parties,
    roster: parties.at(minute),
    incidents,
    recent,
    assessments: events.filter((event) => event.facts.type === 'AnalystAssessmentIssued'),
    extremes,
    stocks,
    before,
    quiet,
    escalationMovement: movementOf(stocks.escalation, before.escalation, quiet),
    diplomacyMovement: movementOf(stocks.diplomacy, before.diplomacy, quiet),
    omega,
    omegaChange7: omega === null || omegaWeekAgo === null ? null : omega - omegaWeekAgo,
    exchange,
    lines,
    hasActiveChannel: lines.some((line) => stateOf(line, at) === 'active'),
    window: { anythingReported, omega, lines, openLegs: exchange.openLegs },
    model: { version: '1', parameters: parametersOf(frame) },
  };
}

const parametersOf = ({ riskReference, diplomacyReference }: Frame): Readonly<Record<string, number>> => ({
  halfLifeHours: HALF_LIFE_HOURS,
  riskReference,
  diplomacyReference,
  movementFloor: MOVEMENT_FLOOR_POINTS,
  kineticFactor: KINETIC_FACTOR,
});
