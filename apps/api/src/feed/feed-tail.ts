import { setTimeout as delay } from 'node:timers/promises';
import { type FeedPlace, isBeyond } from '#projections';
import { type FeedQuery, isAsked } from './feed-query';
import type { FeedBatch } from './feed-batch';
import type { FeedItem } from './feed-item';
import type { Woken } from './waiter';

/** What the tail keeps for those who are about up to date; whoever falls behind it reads from the log. */
const MAX_TAIL_CHARS = 4 * 1024 * 1024;
const MAX_BATCH_CHARS = 128 * 1024;
const MAX_BATCHES = 500;
/** What it takes to write to one who waits, about, milliseconds. */
const WRITE_MS = 0.02;

/**
 * The end of the feed as one kind of reader sees it, read once for all of them. It grows only while somebody waits,
 * and is bounded however slow anyone is.
 */
export class FeedTail {
  /** Ascending, all that there are after `start` up to `end`. */
  private items: FeedItem[] = [];
  private chars = 0;
  private end: FeedPlace;
  private advancing: Promise<void> | undefined;
  private isStale = false;
  /** There was no more when it was read last. */
  private isWhole = true;
  /** Followers with one question at one place get one answer. */
  private readonly batches = new Map<string, FeedBatch>();
  private readonly waiters = new Set<Woken>();
  /** Those who ask, by how far they have to be told. */
  private readonly askers = new Map<() => void, number>();

  constructor(
    private start: FeedPlace,
    private readonly read: (after: FeedPlace) => Promise<FeedBatch>,
    private readonly isGrowing: () => boolean,
  ) {
    this.end = start;
  }

  /** Is all that comes after the place here? */
  covers(place: FeedPlace): boolean {
    return !isBeyond(this.start, place);
  }

  reaches(position: number): boolean {
    return this.end.position >= position;
  }

  /** Is all here that there is up to this position? */
  holds(head: number): boolean {
    return this.isWhole && this.reaches(head);
  }

  get isAwaited(): boolean {
    return this.waiters.size > 0;
  }

  /** Reads what has come, and wakes those who wait if that is anything. What comes meanwhile is read too. */
  advance(): Promise<void> {
    this.isStale = true;
    return (this.advancing ??= this.pull().finally(() => (this.advancing = undefined)));
  }

  /** The same for one who asks: he is not kept by what comes meanwhile, which may have no end. */
  async reach(head: number): Promise<void> {
    if (this.holds(head)) return;
    const held = new Promise<void>((resolve) => this.askers.set(resolve, head));
    await Promise.race([this.advance(), held]);
  }

  batch(query: FeedQuery, after: FeedPlace, limit: number): FeedBatch {
    const key = `${after.position} ${after.index} ${limit} ${query.filter}`;
    let batch = this.batches.get(key);
    if (batch) return batch;
    if (this.batches.size === MAX_BATCHES) this.batches.clear();
    this.batches.set(key, (batch = this.cut(query, after, limit)));
    return batch;
  }

  /** Wakes him once, when there is more than there was. */
  await(waiter: Woken): void {
    this.waiters.add(waiter);
  }

  forget(waiter: Woken): void {
    this.waiters.delete(waiter);
  }

  wakeAll(): void {
    const woken = [...this.waiters];
    this.waiters.clear();
    for (const waiter of woken) waiter.wake();
  }

  private async pull(): Promise<void> {
    while (this.isStale) {
      const until = performance.now() + Math.floor(this.waiters.size * WRITE_MS);
      let hasGrown = false;
      try {
        do {
          await this.linger(until);
          hasGrown = (await this.readOn()) || hasGrown;
        } while (performance.now() < until && (this.isStale || this.isGrowing()));
      } finally {
        if (hasGrown) this.wakeAll();
      }
    }
    this.askers.clear();
  }

  /** What is on its way goes with the rest where many are written to: one round of writes takes less than two. */
  private async linger(until: number): Promise<void> {
    while (performance.now() < until && this.isGrowing()) await delay(1);
  }

  private async readOn(): Promise<boolean> {
    this.isStale = false;
    const batch = await this.read(this.end);
    this.end = batch.at;
    this.batches.clear();
    this.isWhole = batch.caughtUp;
    this.isStale ||= !batch.caughtUp;
    this.keep(batch.items);
    for (const [tell, head] of this.askers) if (this.holds(head) && this.askers.delete(tell)) tell();
    return batch.items.length > 0;
  }

  private keep(items: readonly FeedItem[]): void {
    for (const item of items) {
      if (item.kind === 'withdraw') this.withdraw(item);
      this.items.push(item);
      this.chars += item.json.length;
    }
    let gone = 0;
    for (; this.chars > MAX_TAIL_CHARS && gone < this.items.length; gone++) this.chars -= this.items[gone]!.json.length;
    if (gone === 0) return;
    this.start = this.items[gone - 1]!;
    this.items = this.items.slice(gone);
  }

  /** Whoever comes for them later may not see them: as if they were read from the log now. */
  private withdraw({ crisis, eventId }: FeedItem): void {
    const isHidden = (item: FeedItem): boolean =>
      item.crisis === crisis && item.eventId === eventId && item.kind !== 'withdraw';
    for (const item of this.items) if (isHidden(item)) this.chars -= item.json.length;
    this.items = this.items.filter((item) => !isHidden(item));
  }

  private cut(query: FeedQuery, after: FeedPlace, limit: number): FeedBatch {
    const found: FeedItem[] = [];
    let chars = 0;
    let seen: FeedPlace | undefined;
    for (let i = this.firstBeyond(after); i < this.items.length; i++) {
      if (found.length >= limit || chars >= MAX_BATCH_CHARS)
        return { items: found, at: this.items[i - 1]!, seen, caughtUp: false };
      const item = this.items[i]!;
      if (query.crisis !== undefined && item.crisis !== query.crisis) continue;
      seen = item;
      if (!isAsked(item, query)) continue;
      found.push(item);
      chars += item.json.length;
    }
    return { items: found, at: isBeyond(this.end, after) ? this.end : after, seen, caughtUp: this.isWhole };
  }

  private firstBeyond(place: FeedPlace): number {
    let low = 0;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBeyond(this.items[middle]!, place)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
