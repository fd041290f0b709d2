import type { Position } from '#event-log';
import { inOrder, type EffectiveVersion } from './effective-events';
import { Extremes, horizonOf } from './extremes';
import type { Frame, LevelIndex } from './frame';
import { gauge, omegaOf, points } from './gauges';
import { Incidents } from './incidents';
import { formatMinute, type Minute } from './instant';
import { Parties } from './parties';
import { keepsWeight, relevantOf } from './relevant';

/** A view of the gauges at one of many moments; all null where the crisis was not known yet. */
export interface SeriesPoint {
  readonly at: string;
  readonly risk: number | null;
  readonly diplomacyGauge: number | null;
  /** Stocks, in points. */
  readonly escalation: number | null;
  readonly diplomacy: number | null;
  readonly omega: number | null;
}

/** More than these nobody is to ask for. */
export const MAX_POINTS = 1000;

/** What a series is drawn from. */
export interface SeriesInput {
  /** All versions of the crisis. */
  readonly versions: readonly EffectiveVersion[];
  readonly level: LevelIndex;
  /** Ascending. */
  readonly times: readonly Minute[];
  /**
   * As of which position to see each moment: the head for all (`now`), or what was known then. Never falls with time.
   */
  readonly asOf: (time: Minute) => Position;
  /** The frame as of a position, at the last of the times; undefined when the crisis was not known. */
  readonly frame: (asOf: Position) => Frame | undefined;
}

/**
 * The gauges over time, each point what V gives for its moment. One pass: from point to point versions enter the sums
 * (once they have happened and are known) and leave them (once replaced), and only a new frame starts them afresh.
 */
export function seriesOf({ versions, level, times, asOf, frame }: SeriesInput): SeriesPoint[] {
  if (times.length === 0) return [];
  const positions = times.map(asOf);
  const visible = versions.filter((version) => version.levelFrom <= level && level <= version.levelTo);
  const weighty = relevantOf(visible.toSorted(inOrder), times[0]!, keepsWeight).filter(({ facts }) => facts.counts);
  const changes = changesBetween(weighty, times, positions);
  const present = new Set<EffectiveVersion>();
  let sums: Sums | undefined;
  return times.map((time, i) => {
    const { enter, leave } = changes[i]!;
    for (const version of leave) present.delete(version);
    for (const version of enter) present.add(version);
    const current = i > 0 && positions[i] === positions[i - 1] ? sums?.frame : frame(positions[i]!);
    if (current === undefined) return unknownPoint(time);
    if (sums === undefined || !sums.fits(current)) sums = new Sums(current, horizonOf(times[0]!), present);
    else sums.change(enter, leave);
    return sums.point(time);
  });
}

interface Change {
  readonly enter: EffectiveVersion[];
  readonly leave: EffectiveVersion[];
}

/** Which versions enter and leave S on the way to each point. */
function changesBetween(
  versions: readonly EffectiveVersion[],
  times: readonly Minute[],
  positions: readonly Position[],
): Change[] {
  const changes = times.map((): Change => ({ enter: [], leave: [] }));
  for (const version of versions) {
    const enter = Math.max(firstAtLeast(times, version.facts.instant), firstAtLeast(positions, version.knownFrom));
    const leave = version.knownTo === null ? times.length : firstAtLeast(positions, version.knownTo);
    if (enter >= leave) continue;
    changes[enter]!.enter.push(version);
    changes[leave]?.leave.push(version);
  }
  return changes;
}

/** Index of the first value that is at least `bound`, in an ascending list. */
function firstAtLeast(ascending: readonly number[], bound: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! >= bound) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The two stocks under one frame. */
class Sums {
  private readonly extremes: Extremes;
  private readonly incidents: Incidents;
  private readonly identity: string;

  constructor(
    readonly frame: Frame,
    since: Minute,
    versions: Iterable<EffectiveVersion>,
  ) {
    this.extremes = new Extremes(since);
    this.incidents = new Incidents(new Parties(frame), this.extremes);
    this.identity = JSON.stringify(frame);
    for (const version of versions) this.incidents.add(version);
  }

  fits(frame: Frame): boolean {
    return frame === this.frame || JSON.stringify(frame) === this.identity;
  }

  change(enter: Iterable<EffectiveVersion>, leave: Iterable<EffectiveVersion>): void {
    for (const version of leave) this.incidents.remove(version);
    for (const version of enter) this.incidents.add(version);
  }

  point(at: Minute): SeriesPoint {
    const escalation = this.extremes.escalating.stock(at);
    const diplomacy = this.extremes.relieving.stock(at);
    const omega = omegaOf(escalation, diplomacy);
    return {
      at: formatMinute(at),
      risk: gauge(escalation, this.frame.riskReference) / 1000,
      diplomacyGauge: gauge(diplomacy, this.frame.diplomacyReference) / 1000,
      escalation: points(escalation),
      diplomacy: points(diplomacy),
      omega: omega === null ? null : omega / 1000,
    };
  }
}

const unknownPoint = (at: Minute): SeriesPoint => ({
  at: formatMinute(at),
  risk: null,
  diplomacyGauge: null,
  escalation: null,
  diplomacy: null,
  omega: null,
});
