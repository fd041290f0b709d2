import { conflictRiskOf, levelOf, resolutionOpportunityOf, type Alerts, type IntensityLevel } from './alerts';
import { defineProjection } from './define-projection';
import { driversOf, type Driver, type OtherDrivers } from './drivers';
import { bandOf, gauge, points, tempo, type Band, type Movement } from './gauges';
import type { Retaliation } from './retaliation';
import type { Situation } from './situation';
import { outpaces } from './window';

export interface Axis {
  /** Points. */
  readonly stock: number;
  /** Points per day. */
  readonly tempo: number;
  /** Over 14 days. */
  readonly movement: Movement;
}

/** Two gauges and what they are made of. Numbers are rounded to three decimals; ids name what is behind them. */
export interface Risk {
  readonly at: string;
  readonly model: { readonly version: string; readonly parameters: Readonly<Record<string, unknown>> };
  /** R, 0 to 100: heat, not direction. */
  readonly risk: number;
  readonly band: Band;
  /** J, 0 to 100. */
  readonly diplomacyGauge: number;
  readonly escalation: Axis;
  readonly diplomacy: Axis;
  readonly omega: number | null;
  readonly omegaChange7: number | null;
  readonly outpaces: boolean | null;
  readonly drivers: readonly (Driver | OtherDrivers)[];
  readonly reliefs: readonly (Driver | OtherDrivers)[];
  readonly retaliation: Retaliation;
  readonly openLegs: readonly string[];
  readonly alerts: Alerts;
  readonly level: IntensityLevel;
  /** The level with unverified incidents. */
  readonly levelReported: IntensityLevel;
  readonly nextChangeAt: string | null;
}

export const risk = defineProjection({ name: 'risk', version: 1, view: riskOf });

function riskOf(situation: Situation): Risk {
  const { at, frame, stocks, extremes, recent, exchange, omega, omegaChange7 } = situation;
  const { riskReference, diplomacyReference } = frame;
  const { escalation, diplomacy } = stocks;
  const { openLegs } = exchange;
  const gauged = gauge(escalation, riskReference);
  return {
    at: at.toString(),
    model: situation.model,
    risk: gauged / 1000,
    band: bandOf(gauged),
    diplomacyGauge: gauge(diplomacy, diplomacyReference) / 1000,
    escalation: { stock: points(escalation), tempo: tempo(escalation), movement: situation.escalationMovement },
    diplomacy: { stock: points(diplomacy), tempo: tempo(diplomacy), movement: situation.diplomacyMovement },
    omega: omega === null ? null : omega / 1000,
    omegaChange7: omegaChange7 === null ? null : omegaChange7 / 1000,
    outpaces: outpaces(omega, openLegs),
    drivers: driversOf(extremes, extremes.escalating, escalation, riskReference, at.minute),
    reliefs: driversOf(extremes, extremes.relieving, diplomacy, diplomacyReference, at.minute),
    retaliation: exchange.retaliation,
    openLegs: openLegs.map((leg) => leg.id),
    alerts: {
      conflictRisk: conflictRiskOf(recent, openLegs, at.minute),
      resolutionOpportunity: resolutionOpportunityOf(recent, situation.hasActiveChannel, at.minute),
    },
    level: levelOf(
      recent.filter((incident) => incident.verified),
      at.minute,
    ),
    levelReported: levelOf(recent, at.minute),
    nextChangeAt: situation.nextChangeAt,
  };
}
