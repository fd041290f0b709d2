import type { Position } from '#event-log';
import { versionsOf } from './amendments';
import { type EffectiveVersion, type HistoryChange, inOrder, isKnown } from './effective-events';
import { type Frame, type FrameEvent, frameAt, type LevelIndex } from './frame';
import type { Minute } from './instant';
import type { ViewStore } from './view-store';

/** Answers kept per crisis. A question asked over and over, as a dashboard does, is answered once a minute. */
const MAX_CACHED = 200;

/** Everything that the views of one crisis are made of, in memory: the frame and all versions of its effective events. */
export class CrisisMemory {
  readonly #versions = new Map<Position, readonly EffectiveVersion[]>();
  readonly #frame: FrameEvent[];
  readonly #unreadable = new Map<Position, string>();
  readonly #cache = new Map<string, string>();
  #ordered: EffectiveVersion[] | undefined;

  private constructor(frame: FrameEvent[]) {
    this.#frame = frame;
  }

  static load(store: ViewStore, crisis: string): CrisisMemory {
    const memory = new CrisisMemory(store.frameEvents(crisis));
    for (const history of store.histories(crisis)) memory.#versions.set(history.original.position, versionsOf(history));
    for (const { position, reason } of store.unreadable().filter((event) => event.crisis === crisis))
      memory.#unreadable.set(position, reason);
    return memory;
  }

  /** How much it holds, in versions; the measure by which memories are forgotten. */
  get size(): number {
    return this.#versions.size + 1;
  }

  addFrameEvent(event: FrameEvent): void {
    this.#frame.push(event);
    this.#changed();
  }

  replace({ history, versions }: HistoryChange, unreadable: string | null): void {
    this.#versions.set(history.original.position, versions);
    if (unreadable !== null) this.#unreadable.set(history.original.position, unreadable);
    this.#changed();
  }

  frameAt(asOf: Position, level: LevelIndex, at: Minute): Frame | undefined {
    return frameAt(this.#frame, asOf, level, at);
  }

  /** What an original counts as, if it counts. */
  versionOf(original: Position, asOf: Position, level: LevelIndex): EffectiveVersion | undefined {
    return this.#versions.get(original)?.find((version) => isKnown(version, asOf, level));
  }

  /** The text that `make` makes, kept until something in the crisis changes. */
  cached(key: string, make: () => string): string {
    let text = this.#cache.get(key);
    if (text === undefined) {
      if (this.#cache.size >= MAX_CACHED) this.#cache.clear();
      this.#cache.set(key, (text = make()));
    }
    return text;
  }

  #changed(): void {
    this.#ordered = undefined;
    this.#cache.clear();
  }

  /**
   * S: the effective events known at `asOf`, visible at `level`, with instant <= at, in order.
   * @throws ViewParked when one of them cannot be read.
   */
  effectiveEvents(asOf: Position, level: LevelIndex, at: Minute): EffectiveVersion[] {
    const ordered = (this.#ordered ??= [...this.#versions.values()].flat().sort(inOrder));
    const found: EffectiveVersion[] = [];
    for (const version of ordered) {
      if (version.facts.instant > at) break;
      if (isKnown(version, asOf, level)) found.push(version);
    }
    if (this.#unreadable.size > 0) this.#requireReadable(found);
    return found;
  }

  #requireReadable(events: readonly EffectiveVersion[]): void {
    const stuck = events.find(({ original }) => this.#unreadable.has(original));
    if (stuck) throw new ViewParked(stuck.eventId, this.#unreadable.get(stuck.original)!);
  }
}

/** A view would have to include an event that this build cannot read. */
export class ViewParked extends Error {
  readonly type = 'view-parked';

  constructor(
    readonly eventId: string,
    readonly reason: string,
  ) {
    super(`event ${eventId} cannot be read: ${reason}`);
  }
}
