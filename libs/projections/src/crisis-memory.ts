import type { Position } from '#event-log';
import { versionsOf } from './amendments';
import { type EffectiveVersion, type HistoryChange, isKnown } from './effective-events';
import { type Frame, type FrameEvent, frameAt, type LevelIndex } from './frame';
import type { Minute } from './instant';
import { requireAllReadable } from './unreadable';
import { VersionIndex } from './version-index';
import type { ViewStore } from './view-store';

/** Answers kept per crisis. A question asked over and over, as a dashboard does, is answered once a minute. */
const MAX_CACHED = 200;

/**
 * Everything that the views of one crisis are made of, in memory: the frame and all versions of its effective events.
 */
export class CrisisMemory {
  readonly #versions = new Map<Position, readonly EffectiveVersion[]>();
  readonly #frame: FrameEvent[];
  readonly #unreadable = new Map<Position, string>();
  readonly #cache = new Map<string, string>();
  #index: VersionIndex | undefined;

  private constructor(frame: FrameEvent[]) {
    this.#frame = frame;
  }

  static load(store: ViewStore, crisis: string): CrisisMemory {
    const memory = new CrisisMemory(store.frameEvents(crisis));
    for (const history of store.histories(crisis)) memory.#versions.set(history.original.position, versionsOf(history));
    for (const { position, reason } of store.unreadableOf(crisis)) memory.#unreadable.set(position, reason);
    return memory;
  }

  /** How many versions it holds, by which memories are chosen to be forgotten. */
  get size(): number {
    return this.#versions.size + 1;
  }

  addFrameEvent(event: FrameEvent): void {
    this.#frame.push(event);
    this.#cache.clear();
  }

  replace({ history, versions }: HistoryChange, unreadable: string | null): void {
    const { position } = history.original;
    this.#versions.set(position, versions);
    this.#index?.replace(position, versions);
    if (unreadable !== null) this.#unreadable.set(position, unreadable);
    this.#cache.clear();
  }

  /** All versions, in no order. */
  versions(): EffectiveVersion[] {
    return [...this.#versions.values()].flat();
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

  /**
   * What V needs of S: the effective events known at `asOf`, visible at `level`, with instant <= at, in order.
   * @throws ViewParked when one of them cannot be read.
   */
  effectiveEvents(asOf: Position, level: LevelIndex, at: Minute): EffectiveVersion[] {
    const found = this.#indexed().relevant(at, asOf, level);
    requireAllReadable(found, this.#unreadable);
    return found;
  }

  /** The first minute after `at` at which an event happens that is known already. */
  nextInstant(asOf: Position, level: LevelIndex, at: Minute): Minute | undefined {
    return this.#indexed().nextInstant(at, asOf, level);
  }

  #indexed(): VersionIndex {
    return (this.#index ??= new VersionIndex(this.versions()));
  }

  /** For views of many moments at once. @throws ViewParked as `effectiveEvents` does. */
  requireReadable(asOf: Position, level: LevelIndex): void {
    for (const position of this.#unreadable.keys()) {
      const version = this.versionOf(position, asOf, level);
      if (version) requireAllReadable([version], this.#unreadable);
    }
  }
}
