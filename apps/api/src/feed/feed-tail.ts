import { setTimeout as sleep } from 'node:timers/promises';
import { type FeedPlace, isBeyond } from '#projections';
import { type FeedQuery, isAsked } from './feed-query';
import type { FeedBatch } from './feed-batch';
import type { FeedItem } from './feed-item';
import type { Woken } from './waiter';

/** What the tail keeps for followers who are nearly up to date; who falls behind it reads from the log. */
const MAX_TAIL_CHARS = 4 * 1024 * 1024;
const MAX_BATCH_CHARS = 128 * 1024;
const MAX_BATCHES = 500;
/** About what it takes to write to one waiting follower, milliseconds. */
const WRITE_MS = 0.02;

/**
 * The end of the feed as one kind of reader sees it, read once for all of them. It grows only while somebody waits,
 * and is bounded however slow anyone is.
 */
export class FeedTail {
  /** All items after `start` up to `end`, ascending. */
  #items: FeedItem[] = [];
  #chars = 0;
  #end: FeedPlace;
  #advancing: Promise<void> | undefined;
  #isStale = false;
  /** The last read reached the end of the feed. */
  #isWhole = true;
  /** By question and place: followers who ask the same get the same batch. */
  readonly #batches = new Map<string, FeedBatch>();
  readonly #waiters = new Set<Woken>();
  /** Those who wait in `reach`, with the position that they wait for. */
  readonly #askers = new Map<() => void, number>();

  constructor(
    private start: FeedPlace,
    private readonly read: (after: FeedPlace) => Promise<FeedBatch>,
    private readonly isGrowing: () => boolean,
  ) {
    this.#end = start;
  }

  /** Does the tail hold everything that comes after the place? */
  covers(place: FeedPlace): boolean {
    return !isBeyond(this.start, place);
  }

  reaches(position: number): boolean {
    return this.#end.position >= position;
  }

  /** Has everything up to this position been read? */
  holds(head: number): boolean {
    return this.#isWhole && this.reaches(head);
  }

  get isAwaited(): boolean {
    return this.#waiters.size > 0;
  }

  /** Reads what is new, also what arrives meanwhile, and wakes the waiting followers if there was anything. */
  advance(): Promise<void> {
    this.#isStale = true;
    return (this.#advancing ??= this.#pull().finally(() => (this.#advancing = undefined)));
  }

  /** The same for one request, which is not kept waiting by what arrives meanwhile: that may have no end. */
  async reach(head: number): Promise<void> {
    if (this.holds(head)) return;
    const held = new Promise<void>((resolve) => this.#askers.set(resolve, head));
    await Promise.race([this.advance(), held]);
  }

  batch(query: FeedQuery, after: FeedPlace, limit: number): FeedBatch {
    const key = `${after.position} ${after.index} ${limit} ${query.filter}`;
    let batch = this.#batches.get(key);
    if (batch) return batch;
    if (this.#batches.size === MAX_BATCHES) this.#batches.clear();
    this.#batches.set(key, (batch = this.#cut(query, after, limit)));
    return batch;
  }

  /** Wakes the waiter once, when there is more than now. */
  await(waiter: Woken): void {
    this.#waiters.add(waiter);
  }

  forget(waiter: Woken): void {
    this.#waiters.delete(waiter);
  }

  wakeAll(): void {
    const woken = [...this.#waiters];
    this.#waiters.clear();
    for (const waiter of woken) waiter.wake();
  }

  async #pull(): Promise<void> {
    while (this.#isStale) {
      const until = performance.now() + Math.floor(this.#waiters.size * WRITE_MS);
      let hasGrown = false;
      try {
        do {
          await this.#linger(until);
          hasGrown = (await this.#readOn()) || hasGrown;
        } while (performance.now() < until && (this.#isStale || this.isGrowing()));
      } finally {
        if (hasGrown) this.wakeAll();
      }
    }
    this.#askers.clear();
  }

  /** With many followers, waits for appends under way: one round of writes takes less time than two. */
  async #linger(until: number): Promise<void> {
    while (performance.now() < until && this.isGrowing()) await sleep(1);
  }

  async #readOn(): Promise<boolean> {
    this.#isStale = false;
    const batch = await this.read(this.#end);
    this.#end = batch.at;
    this.#batches.clear();
    this.#isWhole = batch.caughtUp;
    this.#isStale ||= !batch.caughtUp;
    this.#keep(batch.items);
    for (const [tell, head] of this.#askers) if (this.holds(head) && this.#askers.delete(tell)) tell();
    return batch.items.length > 0;
  }

  #keep(items: readonly FeedItem[]): void {
    for (const item of items) {
      if (item.kind === 'withdraw') this.#withdraw(item);
      this.#items.push(item);
      this.#chars += item.json.length;
    }
    let gone = 0;
    for (; this.#chars > MAX_TAIL_CHARS && gone < this.#items.length; gone++)
      this.#chars -= this.#items[gone]!.json.length;
    if (gone === 0) return;
    this.start = this.#items[gone - 1]!;
    this.#items = this.#items.slice(gone);
  }

  /** Drops the event that was withdrawn: followers who come later may not see it, as if they read from the log. */
  #withdraw({ crisis, eventId }: FeedItem): void {
    const isHidden = (item: FeedItem): boolean =>
      item.crisis === crisis && item.eventId === eventId && item.kind !== 'withdraw';
    for (const item of this.#items) if (isHidden(item)) this.#chars -= item.json.length;
    this.#items = this.#items.filter((item) => !isHidden(item));
  }

  #cut(query: FeedQuery, after: FeedPlace, limit: number): FeedBatch {
    const found: FeedItem[] = [];
    let chars = 0;
    let seen: FeedPlace | undefined;
    for (let i = this.#firstBeyond(after); i < this.#items.length; i++) {
      if (found.length >= limit || chars >= MAX_BATCH_CHARS)
        return { items: found, at: this.#items[i - 1]!, seen, caughtUp: false };
      const item = this.#items[i]!;
      if (query.crisis !== undefined && item.crisis !== query.crisis) continue;
      seen = item;
      if (!isAsked(item, query)) continue;
      found.push(item);
      chars += item.json.length;
    }
    return { items: found, at: isBeyond(this.#end, after) ? this.#end : after, seen, caughtUp: this.#isWhole };
  }

  #firstBeyond(place: FeedPlace): number {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBeyond(this.#items[middle]!, place)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
