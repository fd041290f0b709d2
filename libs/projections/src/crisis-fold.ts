import { cameo } from '#catalogue';
import type { LogReader, Position, StoredEvent } from '#event-log';
import { type Amendment, amendmentOf, type History, unamendedHistory } from './amendments';
import { amend, applyEvent, type EffectiveVersion, selectEvents } from './effective-events';
import { horizonOf } from './extremes';
import { type EventBody, reportTypeOf } from './facts';
import { type Frame, type FrameEvent, frameAt, frameEventOf, type LevelIndex, type RecordedEvent } from './frame';
import type { Minute } from './instant';
import { recordedEventOf } from './recorded-event';
import { isLasting } from './relevant';
import { SetAside } from './set-aside';
import { requireAllReadable, unreadableOriginal } from './unreadable';

/**
 * One crisis folded from its events alone, as if the record ended with the last of them: for a view or two. Writes
 * nothing, and keeps only what those views need: most reports have lost their weight by then, and the few of them that
 * matter all the same are read again. Who asks again and again has a `Projector`.
 */
export class CrisisFold {
  readonly #horizon: Minute;
  readonly #frame: FrameEvent[] = [];
  /** As if nothing had been amended. */
  readonly #originals: EffectiveVersion[] = [];
  readonly #setAside = new SetAside();
  readonly #amendments: Amendment[] = [];
  readonly #unreadable = new Map<Position, string>();
  #versions: readonly EffectiveVersion[] | undefined;

  /** @param since the earliest moment of a view */
  constructor(
    private readonly log: Pick<LogReader, 'at' | 'find'>,
    private readonly stream: string,
    private readonly since: Minute,
  ) {
    this.#horizon = horizonOf(since);
  }

  /** Every event of the crisis, in the order of the record. */
  add(stored: StoredEvent): void {
    this.#versions = undefined;
    try {
      this.#fold(parsed(stored));
    } catch (error) {
      // An amendment that has its target's level stands for all, rather than for too few.
      const level = stored.marking === 'inherit' ? 'CLEAR' : stored.marking;
      this.#originals.push(...unreadableOriginal(stored, level).versions);
      this.#unreadable.set(stored.position, (error as Error).message);
    }
  }

  #fold(event: RecordedEvent): void {
    if (reportTypeOf(event.type) !== undefined) return unamendedVersions(event).forEach((its) => this.#keep(its));
    const frameEvent = frameEventOf(event);
    const amendment = amendmentOf(event, cameo);
    if (frameEvent !== undefined) this.#frame.push(frameEvent);
    if (amendment !== undefined) this.#amendments.push(amendment);
  }

  #keep(version: EffectiveVersion): void {
    if (version.facts.instant >= this.#horizon || isLasting(version.facts)) this.#originals.push(version);
    else this.#setAside.add(version);
  }

  frameAt(asOf: Position, level: LevelIndex, at: Minute): Frame | undefined {
    return frameAt(this.#frame, asOf, level, at);
  }

  /**
   * What V needs of S: the effective events known at `asOf`, visible at `level`, with instant <= at, in order.
   * @throws ViewParked when one of them cannot be read.
   */
  effectiveEvents(asOf: Position, level: LevelIndex, at: Minute): EffectiveVersion[] {
    if (at < this.since) throw new RangeError(`folded for views from ${this.since} on, not for ${at}`);
    this.#versions ??= this.#versionsWith((kept) => this.#setAside.joining(kept));
    let found = selectEvents(this.#versions, asOf, level, at);
    if (!found.some(({ facts }) => facts.counts)) {
      // Nothing reported is not the same as nothing that still matters.
      found = selectEvents(
        this.#versionsWith(() => this.#setAside.positions),
        asOf,
        level,
        at,
      );
    }
    requireAllReadable(found, this.#unreadable);
    return found;
  }

  /** What lasts or is recent, and what amendments made of anything; with these of the rest, which are read again. */
  #versionsWith(others: (kept: readonly EffectiveVersion[]) => readonly Position[]): EffectiveVersion[] {
    const amended = this.#amended();
    const kept = this.#originals.filter(({ original }) => !amended.has(original)).concat([...amended.values()].flat());
    const again = others(kept).filter((position) => !amended.has(position));
    return kept.concat(again.flatMap((position) => unamendedVersions(parsed(this.log.at(position)!))));
  }

  /** The versions of every original that was amended, by its position. */
  #amended(): Map<Position, readonly EffectiveVersion[]> {
    const histories = this.#named();
    const amended = new Map<Position, readonly EffectiveVersion[]>();
    for (const amendment of this.#amendments) {
      const historyOf = (id: string): History | undefined => {
        const history = histories.get(id) ?? this.#historySetAside(id, amendment.position);
        return history && history.original.position < amendment.position ? history : undefined;
      };
      const change = amend(amendment, { historyOf });
      if (change === undefined) continue;
      const { original, amendments } = change.history;
      for (const { eventId } of [original, ...amendments]) histories.set(eventId, change.history);
      amended.set(original.position, change.versions);
    }
    return amended;
  }

  /** The originals at hand that an amendment names, by id. */
  #named(): Map<string, History> {
    const names = new Set(this.#amendments.map(({ target }) => target));
    const histories = new Map<string, History>();
    for (const version of this.#originals)
      if (names.has(version.eventId)) histories.set(version.eventId, unamendedHistory(version));
    return histories;
  }

  #historySetAside(id: string, before: Position): History | undefined {
    const stored = this.log.find(this.stream, id);
    if (stored === undefined || stored.position >= before) return undefined;
    const [version] = unamendedVersions(parsed(stored));
    return version && unamendedHistory(version);
  }
}

const parsed = (stored: StoredEvent): RecordedEvent => recordedEventOf(stored, JSON.parse(stored.body) as EventBody);

const unamendedVersions = (event: RecordedEvent): readonly EffectiveVersion[] =>
  applyEvent(event, { historyOf: () => undefined }, cameo)?.versions ?? [];
