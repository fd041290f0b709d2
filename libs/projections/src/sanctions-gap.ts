import type { Incident } from './incidents';
import type { Roster } from './parties';

/** Section 7 of the model. */
export interface Stance {
  /** 0 full relief to 4 full maintenance. */
  readonly position: number;
  readonly weight: number;
  readonly eventId: string;
}

export interface SanctionsGap {
  /** 0 to 100; null when no issue has positions of both sides. */
  readonly gap: number | null;
  /** Against the gap without the last statement. */
  readonly change: number | null;
  /** Issues with positions of both sides, of any side, and all of the crisis. */
  readonly covered: number;
  readonly named: number;
  readonly of: number;
  readonly issues: readonly { readonly issue: string; readonly positions: readonly [Stance | null, Stance | null] }[];
}

interface Statement {
  readonly side: number;
  readonly positions: ReadonlyMap<string, Stance>;
}

const DEFAULT_WEIGHT = 1;

/**
 * How far the first two sides' positions on sanctions lie apart.
 *
 * @param reported sanctions statements in order
 * @param sideOf the side a statement belongs to, by the membership of its instant; -1 for none
 */
export function sanctionsGapOf(
  reported: readonly Incident[],
  roster: Roster,
  sideOf: (statement: Incident) => number,
): SanctionsGap {
  const statements = reported
    .filter(({ facts }) => facts.own?.issues !== undefined)
    .map((incident) => ({ side: sideOf(incident), positions: positionsOf(incident, roster.issues) }))
    .filter(({ side, positions }) => (side === 0 || side === 1) && positions.size > 0);
  const issues = issuesOf(statements, roster.issues);
  const covered = issues.filter(({ positions }) => positions.every((position) => position !== null));
  const gap = gapOf(issues);
  const before = statements.length === 0 ? null : gapOf(issuesOf(statements.slice(0, -1), roster.issues));
  return {
    gap: gap === null ? null : gap / 10,
    change: gap === null || before === null ? null : (gap - before) / 10,
    covered: covered.length,
    named: issues.length,
    of: roster.issues.length,
    issues,
  };
}

function positionsOf({ facts, id }: Incident, issues: readonly string[]): Map<string, Stance> {
  const positions = new Map<string, Stance>();
  for (const { issue, position, weight = DEFAULT_WEIGHT } of facts.own!.issues!)
    if (position !== undefined && issues.includes(issue)) positions.set(issue, { position, weight, eventId: id });
  return positions;
}

/** The issues on which a side has spoken, with each side's latest position. */
function issuesOf(statements: readonly Statement[], issues: readonly string[]): SanctionsGap['issues'] {
  const latest: [Map<string, Stance>, Map<string, Stance>] = [new Map<string, Stance>(), new Map<string, Stance>()];
  for (const { side, positions } of statements)
    for (const [issue, position] of positions) latest[side as 0 | 1].set(issue, position);
  return issues
    .map((issue) => ({ issue, positions: [latest[0].get(issue) ?? null, latest[1].get(issue) ?? null] as const }))
    .filter(({ positions }) => positions[0] !== null || positions[1] !== null);
}

/** In tenths. An issue's weight is the mean of the two statements' weights: sums of them cancel the half. */
function gapOf(issues: SanctionsGap['issues']): number | null {
  let apart = 0;
  let whole = 0;
  for (const { positions } of issues) {
    const [a, b] = positions;
    if (a === null || b === null) continue;
    apart += (a.weight + b.weight) * Math.abs(a.position - b.position);
    whole += a.weight + b.weight;
  }
  return whole === 0 ? null : Math.floor(((100 * (apart / 4)) / whole) * 10 + 0.5);
}
