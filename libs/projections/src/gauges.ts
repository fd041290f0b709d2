import { ONE } from './decay';
import { POINT } from './weights';

/** Section 4 of the model: from two stocks to gauges. Stocks are integers in 1 / (80 * 2^26) points, exact below 2^53. */

/** P: one point. */
export const ONE_POINT = POINT * ONE;

export type Band = 'low' | 'guarded' | 'elevated' | 'high' | 'severe';
export type Movement = 'rising' | 'falling' | 'steady' | 'quiet';

/** Points per day that flow through a stock of one point in balance: 1 - 2^(-1/7), rounded; part of version 1. */
const TEMPO = 0.099;
/** Points added on both sides of a comparison, so that little against nothing is no movement. */
export const MOVEMENT_FLOOR_POINTS = 10;
const MOVEMENT_FLOOR = MOVEMENT_FLOOR_POINTS * ONE_POINT;

const rounded = (value: number, scale: number): number => Math.floor(value * scale + 0.5);

/** To three decimals. */
export const toThousandths = (value: number): number => rounded(value, 1000) / 1000;

/** R or J in thousandths: the share of the stock in itself and its reference, of 100. */
export const gauge = (stock: number, referencePoints: number): number =>
  rounded(stock / (stock + referencePoints * ONE_POINT), 100_000);

export function bandOf(riskThousandths: number): Band {
  if (riskThousandths < 20_000) return 'low';
  if (riskThousandths < 40_000) return 'guarded';
  if (riskThousandths < 60_000) return 'elevated';
  return riskThousandths < 80_000 ? 'high' : 'severe';
}

export const points = (stock: number): number => toThousandths(stock / ONE_POINT);

/** Points per day. */
export const tempo = (stock: number): number => toThousandths((stock / ONE_POINT) * TEMPO);

/** The share of relief in all that moves, in thousandths; null when less than a point moves. */
export const omegaOf = (escalation: number, diplomacy: number): number | null =>
  diplomacy + escalation < ONE_POINT ? null : rounded(diplomacy / (diplomacy + escalation), 1000);

/** Over 14 days; `quiet` when no incident with weight lies within them: silence is not improvement. */
export function movementOf(now: number, before: number, quiet: boolean): Movement {
  if (quiet) return 'quiet';
  if (2 * (now + MOVEMENT_FLOOR) >= 3 * (before + MOVEMENT_FLOOR)) return 'rising';
  return 3 * (now + MOVEMENT_FLOOR) <= 2 * (before + MOVEMENT_FLOOR) ? 'falling' : 'steady';
}

/**
 * Each contribution's share of a gauge in thousandths, largest remainders topped up: they add up to it exactly. Taken in
 * integers, since in doubles the remainders of a large and a small share differ where they are equal.
 */
export function sharesOf(contributions: readonly number[], stock: number, referencePoints: number): number[] {
  const whole = BigInt(stock + referencePoints * ONE_POINT);
  const exact = contributions.map((c) => 100_000n * BigInt(c));
  const shares = exact.map((share) => Number(share / whole));
  const remainders = exact.map((share) => Number(share % whole));
  let missing = gauge(stock, referencePoints) - shares.reduce((sum, share) => sum + share, 0);
  const ranked = [...shares.keys()].sort(
    (i, j) => remainders[j]! - remainders[i]! || contributions[j]! - contributions[i]! || i - j,
  );
  for (const i of ranked) {
    if (missing-- <= 0) break;
    shares[i]!++;
  }
  return shares;
}
