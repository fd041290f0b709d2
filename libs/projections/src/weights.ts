/**
 * Section 2 of the model. A weight is the integer 10 G * 8 q * s; 80 of it are one point of the Goldstein scale.
 */

/** Weight units in one point. */
export const POINT = 80;

/** A strike weighs nine times what Goldstein's scale, which ends at -10, gives it; the ladder holds this choice. */
export const KINETIC_FACTOR = 9;

/** 8 q from here on is verified. */
export const VERIFIED_FROM = 5;

/** Half of the scale on either half of the grade: a source that says nothing of itself, F6. */
const UNGRADED = 4;

const RELIABILITY: Readonly<Record<string, number>> = { A: 4, B: 3, C: 2, D: 1, E: 0, F: 2 };
const CREDIBILITY: Readonly<Record<number, number>> = { 1: 4, 2: 3, 3: 2, 4: 1, 5: 0, 6: 2 };

export interface Source {
  readonly reliability?: string;
  readonly credibility?: number;
}

/** 8 q, 0 to 8, of the best source: the two Admiralty numbers (A 100 ... E 0, F 50) added and divided by 25. */
export function eightQOf(sources: readonly Source[] | undefined): number {
  if (sources === undefined || sources.length === 0) return UNGRADED;
  let best = 0;
  for (const { reliability = 'F', credibility = 6 } of sources) {
    const grade = RELIABILITY[reliability]! + CREDIBILITY[credibility]!;
    if (grade > best) best = grade;
  }
  return best;
}

/** The weight with the sign of G: negative escalates. */
export const weightOf = (goldstein10: number, eightQ: number, kinetic: boolean): number =>
  goldstein10 * eightQ * (kinetic ? KINETIC_FACTOR : 1);
