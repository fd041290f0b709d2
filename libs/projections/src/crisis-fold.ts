import { cameo } from '#catalogue';
import type { Position, StoredEvent } from '#event-log';
import { type Amendment, amendmentOf, type History, unamendedHistory } from './amendments';
import { amend, applyEvent, type EffectiveVersion, type Histories, selectEvents } from './effective-events';
import { type EventBody, reportTypeOf } from './facts';
import { type Frame, type FrameEvent, frameAt, frameEventOf, type LevelIndex, type RecordedEvent } from './frame';
import type { Minute } from './instant';
import { recordedEventOf } from './recorded-event';
import { requireAllReadable, unreadableOriginal } from './unreadable';

/**
 * One crisis folded from its events alone, as if the record ended with the last of them: for a view or two. Keeps it all
 * in memory and writes nothing. Who asks again and again has a `Projector`.
 */
export class CrisisFold {
  readonly #frame: FrameEvent[] = [];
  /** As if nothing had been amended, in order. */
  readonly #originals: EffectiveVersion[] = [];
  readonly #amendments: Amendment[] = [];
  readonly #unreadable = new Map<Position, string>();
  #versions: readonly EffectiveVersion[] | undefined;

  /** Every event of the crisis, in the order of the record. */
  add(stored: StoredEvent): void {
    this.#versions = undefined;
    try {
      this.#fold(recordedEventOf(stored, JSON.parse(stored.body) as EventBody));
    } catch (error) {
      // An amendment that has its target's level stands for all, rather than for too few.
      const level = stored.marking === 'inherit' ? 'CLEAR' : stored.marking;
      this.#originals.push(...unreadableOriginal(stored, level).versions);
      this.#unreadable.set(stored.position, (error as Error).message);
    }
  }

  #fold(event: RecordedEvent): void {
    const frameEvent = frameEventOf(event);
    if (frameEvent !== undefined) this.#frame.push(frameEvent);
    else if (reportTypeOf(event.type) !== undefined)
      this.#originals.push(...(applyEvent(event, NOTHING_BEFORE, cameo)?.versions ?? []));
    else this.#amendments.push(...[amendmentOf(event, cameo)].filter((amendment) => amendment !== undefined));
  }

  frameAt(asOf: Position, level: LevelIndex, at: Minute): Frame | undefined {
    return frameAt(this.#frame, asOf, level, at);
  }

  /**
   * S: the effective events known at `asOf`, visible at `level`, with instant <= at, in order.
   * @throws ViewParked when one of them cannot be read.
   */
  effectiveEvents(asOf: Position, level: LevelIndex, at: Minute): EffectiveVersion[] {
    const found = selectEvents((this.#versions ??= this.#amended()), asOf, level, at);
    requireAllReadable(found, this.#unreadable);
    return found;
  }

  /** Amendments last: they are few, and only what they name has to be found again. */
  #amended(): EffectiveVersion[] {
    const histories = this.#named();
    const amended = new Map<Position, readonly EffectiveVersion[]>();
    for (const amendment of this.#amendments) {
      const known: Histories = {
        historyOf(id) {
          const history = histories.get(id);
          return history && history.original.position < amendment.position ? history : undefined;
        },
      };
      const change = amend(amendment, known);
      if (change === undefined) continue;
      const { original, amendments } = change.history;
      for (const { eventId } of [original, ...amendments]) histories.set(eventId, change.history);
      amended.set(original.position, change.versions);
    }
    return this.#originals.filter(({ original }) => !amended.has(original)).concat(...amended.values());
  }

  /** The originals that an amendment names, by id. */
  #named(): Map<string, History> {
    const names = new Set(this.#amendments.map(({ target }) => target));
    const histories = new Map<string, History>();
    for (const version of this.#originals)
      if (names.has(version.eventId)) histories.set(version.eventId, unamendedHistory(version));
    return histories;
  }
}

const NOTHING_BEFORE: Histories = { historyOf: () => undefined };
