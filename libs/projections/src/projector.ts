import { cameo } from '#catalogue';
import { crisisOf, type LogReader, type Position, type StoredEvent } from '#event-log';
import { CrisisMemory } from './crisis-memory';
import { applyEvent, type HistoryChange } from './effective-events';
import type { EventBody } from './facts';
import { type FrameEvent, frameEventOf, levelIndexOf } from './frame';
import { recordedEventOf } from './recorded-event';
import { unreadableOriginal } from './unreadable';
import type { ViewStore } from './view-store';

/** Events folded and written per transaction: small enough that a question waits for one of them, not for all. */
export const BATCH = 1000;
/** Versions kept in memory over all crises; the crises asked for longest ago are forgotten first. */
const MAX_REMEMBERED = 2_000_000;

/**
 * Folds the log into the view store and answers from memory. One projector owns one store. What it folds
 * is a pure function of the log, so a crash at any point loses at most work.
 */
export class Projector {
  /** In order of use, the last used last. */
  readonly #memories = new Map<string, CrisisMemory>();

  constructor(
    private readonly log: LogReader,
    readonly store: ViewStore,
  ) {}

  /** Folds at most one batch towards `to`; false when there is nothing left to fold. */
  step(to: Position): boolean {
    const from = this.store.checkpoint() + 1;
    if (from > to) return false;
    const events = [...this.log.readAll({ from, maxCount: Math.min(BATCH, to - from + 1) })];
    return this.fold(events) < to && events.length > 0;
  }

  /** Folds these events, which follow those before; the checkpoint after them. */
  fold(events: readonly StoredEvent[]): Position {
    const last = events.at(-1);
    if (!last) return this.store.checkpoint();
    try {
      this.store.advance(last.position, () => events.forEach((event) => this.#project(event)));
    } catch (error) {
      this.#memories.clear(); // They may be ahead of what was rolled back.
      throw error;
    }
    return last.position;
  }

  catchUp(to: Position): void {
    while (this.step(to));
  }

  memory(crisis: string): CrisisMemory {
    const memory = this.#memories.get(crisis) ?? CrisisMemory.load(this.store, crisis);
    this.#memories.delete(crisis);
    this.#memories.set(crisis, memory);
    this.#forget();
    return memory;
  }

  #forget(): void {
    let size = [...this.#memories.values()].reduce((sum, memory) => sum + memory.size, 0);
    for (const [crisis, memory] of this.#memories) {
      if (size <= MAX_REMEMBERED || this.#memories.size === 1) return;
      this.#memories.delete(crisis);
      size -= memory.size;
    }
  }

  #project(stored: StoredEvent): void {
    const crisis = crisisOf(stored.stream);
    const body = JSON.parse(stored.body) as EventBody;
    this.#tell(crisis, stored, body);
    const memory = this.#memories.get(crisis);
    const { frameEvent, change, unreadable = null } = this.#fold(crisis, stored, body);
    if (frameEvent) {
      this.store.addFrameEvent(crisis, frameEvent);
      memory?.addFrameEvent(frameEvent);
    }
    if (change) {
      const { original, amendments } = change.history;
      if (amendments.length > 0) this.store.addAmendment(crisis, original.position, amendments.at(-1)!);
      else this.store.addOriginal(crisis, original, unreadable);
      memory?.replace(change, unreadable);
    }
  }

  /** Lists it for readers, and enters it for followers. */
  #tell(crisis: string, stored: StoredEvent, body: EventBody): void {
    const { listing, feed } = this.store;
    const steps = listing.apply(stored, body);
    const marking = levelIndexOf(listing.levelAt(stored.position));
    feed.append(stored.position, crisis, marking, listing.floorOf(crisis), steps);
  }

  #fold(
    crisis: string,
    stored: StoredEvent,
    body: EventBody,
  ): { frameEvent?: FrameEvent; change?: HistoryChange; unreadable?: string } {
    try {
      const event = recordedEventOf(stored, body);
      const frameEvent = frameEventOf(event);
      if (frameEvent) return { frameEvent };
      const change = applyEvent(event, this.store.historiesOf(crisis), cameo);
      return change ? { change } : {};
    } catch (error) {
      if ((error as { code?: string }).code === 'ERR_SQLITE_ERROR') throw error;
      const level = this.store.listing.levelAt(stored.position);
      return { change: unreadableOriginal(stored, level), unreadable: (error as Error).message };
    }
  }
}
