import { decayOf, ageHours } from './decay';
import { remaining, type Extremes, type Winners } from './extremes';
import { gauge, sharesOf } from './gauges';
import { inOrder } from './effective-events';
import { bySpeaker, type Incident } from './incidents';
import type { Minute } from './instant';
import { POINT } from './weights';

/** An incident that moves a gauge. */
export interface Driver {
  readonly eventId: string;
  readonly type: string;
  readonly occurredAt: string;
  /** Points before decay. */
  readonly weight: number;
  /** What is left of it, 0 to 1. */
  readonly decay: number;
  /** Its part of the gauge. */
  readonly share: number;
  /** Silent reports of it, and what it displaced in the daily extremes. */
  readonly alsoReported: readonly string[];
}

/** All that a list of drivers leaves out, as one row. */
export interface OtherDrivers {
  readonly others: number;
  readonly share: number;
}

export const MAX_DRIVERS = 50;

/**
 * What a gauge is made of, by falling contribution, then in order. The shares, the others' row included, add up
 * to the gauge exactly.
 */
export function driversOf(
  extremes: Extremes,
  winners: Winners,
  stock: number,
  referencePoints: number,
  at: Minute,
): (Driver | OtherDrivers)[] {
  const listed = winners.all
    .map((incident) => ({ incident, left: remaining(incident, at) }))
    .filter(({ left }) => left > 0)
    .sort((a, b) => b.left - a.left || bySpeaker(a.incident, b.incident));
  const shares = sharesOf(
    listed.map(({ left }) => left),
    stock,
    referencePoints,
  );
  const rows: (Driver | OtherDrivers)[] = listed
    .slice(0, MAX_DRIVERS)
    .map(({ incident }, i) => driver(incident, shares[i]!, extremes, at));
  if (listed.length > MAX_DRIVERS) {
    const shown = shares.slice(0, MAX_DRIVERS).reduce((sum, share) => sum + share, 0);
    rows.push({ others: listed.length - MAX_DRIVERS, share: (gauge(stock, referencePoints) - shown) / 1000 });
  }
  return rows;
}

function driver(incident: Incident, share: number, extremes: Extremes, at: Minute): Driver {
  const { facts, version, weight } = incident.speaker;
  const from = incident.ageFrom();
  const behind = [incident, ...extremes.losersBehind(incident)].flatMap((other) => other.reports);
  return {
    eventId: version.eventId,
    type: facts.type,
    occurredAt: facts.occurredAt,
    weight: Math.abs(weight) / POINT,
    decay: decayOf(from >= at ? 0 : ageHours(from, at)),
    share: share / 1000,
    alsoReported: behind
      .map((report) => report.version)
      .filter((other) => other !== version)
      .sort(inOrder)
      .map((other) => other.eventId),
  };
}
