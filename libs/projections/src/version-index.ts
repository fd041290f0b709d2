import type { Position } from '#event-log';
import { inOrder, isKnown, type EffectiveVersion } from './effective-events';
import { horizonOf } from './extremes';
import type { LevelIndex } from './frame';
import { keyOf } from './incidents';
import type { Minute } from './instant';
import { isLasting } from './relevant';

/** A version and, shared among them, all versions of the reports of its incident. */
interface Entry {
  readonly version: EffectiveVersion;
  readonly reports: EffectiveVersion[];
}

/**
 * All versions of a crisis by instant, so that a view at any moment, as of any position, at any level costs what it
 * looks at and not what the crisis has seen.
 */
export class VersionIndex {
  /** In the order of S. */
  private readonly all: Entry[];
  /** Those of them that last. */
  private readonly lasting: Entry[];
  private readonly byIncident = new Map<string, EffectiveVersion[]>();
  private readonly byOriginal: Map<Position, readonly EffectiveVersion[]>;

  constructor(versions: readonly EffectiveVersion[]) {
    const ordered = versions.toSorted(inOrder);
    this.all = ordered.map((version) => this.join(version));
    this.lasting = this.all.filter(({ version }) => isLasting(version.facts));
    this.byOriginal = Map.groupBy(ordered, (version) => version.original);
  }

  /** All versions that an original now has, in place of those it had. */
  replace(original: Position, versions: readonly EffectiveVersion[]): void {
    for (const version of this.byOriginal.get(original) ?? []) {
      const { reports } = takeOut(this.all, version);
      if (isLasting(version.facts)) takeOut(this.lasting, version);
      reports.splice(reports.indexOf(version), 1);
    }
    this.byOriginal.set(original, versions);
    for (const version of versions) {
      const entry = this.join(version);
      putIn(this.all, entry);
      if (isLasting(version.facts)) putIn(this.lasting, entry);
    }
  }

  /** S(asOf, level) with instant <= at, in order, as far as it matters to V: what `relevantOf` would keep of it. */
  relevant(at: Minute, asOf: Position, level: LevelIndex): EffectiveVersion[] {
    const horizon = horizonOf(at);
    const start = firstFrom(this.all, horizon);
    const old = this.lasting.slice(0, firstFrom(this.lasting, horizon)).filter((e) => isKnown(e.version, asOf, level));
    const recent = this.all.slice(start, firstFrom(this.all, at + 1)).filter((e) => isKnown(e.version, asOf, level));
    const latest = recent.some(({ version }) => version.facts.counts)
      ? undefined
      : this.lastCounting(start, asOf, level);
    const others = new Set<EffectiveVersion>();
    if (latest !== undefined && !isLasting(latest.version.facts)) others.add(latest.version);
    for (const { reports } of latest === undefined ? old.concat(recent) : [latest, ...old, ...recent])
      if (reports.length > 1)
        for (const report of reports)
          if (report.facts.instant < horizon && !isLasting(report.facts) && isKnown(report, asOf, level))
            others.add(report);
    const before = old.map(({ version }) => version);
    if (others.size > 0) {
      for (const other of others) before.push(other);
      before.sort(inOrder);
    }
    return before.concat(recent.map(({ version }) => version));
  }

  /** The first minute after `at` at which something already known happens: a view may change then. */
  nextInstant(at: Minute, asOf: Position, level: LevelIndex): Minute | undefined {
    for (let i = firstFrom(this.all, at + 1); i < this.all.length; i++)
      if (isKnown(this.all[i]!.version, asOf, level)) return this.all[i]!.version.facts.instant;
    return undefined;
  }

  private join(version: EffectiveVersion): Entry {
    const key = keyOf(version);
    let reports = this.byIncident.get(key);
    if (reports === undefined) this.byIncident.set(key, (reports = []));
    reports.push(version);
    return { version, reports };
  }

  private lastCounting(end: number, asOf: Position, level: LevelIndex): Entry | undefined {
    for (let i = end - 1; i >= 0; i--) {
      const { version } = this.all[i]!;
      if (version.facts.counts && isKnown(version, asOf, level)) return this.all[i]!;
    }
    return undefined;
  }
}

/** Index of the first with instant >= `instant`. */
const firstFrom = (entries: readonly Entry[], instant: Minute): number =>
  firstThat(entries, (version) => version.facts.instant >= instant);

function firstThat(entries: readonly Entry[], isBeyond: (version: EffectiveVersion) => boolean): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBeyond(entries[middle]!.version)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function putIn(entries: Entry[], entry: Entry): void {
  const place = firstThat(entries, (other) => inOrder(other, entry.version) > 0);
  entries.splice(place, 0, entry);
}

function takeOut(entries: Entry[], version: EffectiveVersion): Entry {
  let place = firstThat(entries, (other) => inOrder(other, version) >= 0);
  while (entries[place]!.version !== version) place++;
  return entries.splice(place, 1)[0]!;
}
