import { setImmediate as turn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { RecordLog } from '#event-log';
import type { FeedPlace } from '#projections';
import type { ViewEngine } from '../view-worker/view-engine';
import { type FeedBatch, batchIn } from './feed-batch';
import type { FeedQuery } from './feed-query';
import { FeedTail } from './feed-tail';
import { FreshEvents } from './fresh-events';
import { SharedReads } from './shared-reads';
import type { Waiter, Woken } from './waiter';

const MAX_ITEMS = 1000;
/** A tail that nobody has advanced for so many events is given up. */
const FAR_BEHIND = 5_000;

/**
 * The feed for those who follow. Each follower asks for the next batch when it has sent the last: nothing is queued
 * for anyone. Who is up to date shares one tail per kind of reader; who is behind reads pages from the log, and those
 * who ask for the same page at the same time share it.
 */
export class Feed {
  readonly #tails = new Map<string, FeedTail>();
  /** Asked for at each wake of each follower. */
  readonly #kinds = new WeakMap<FeedQuery, string>();
  /** One batch for one answer, so that what is made of it is made once. */
  readonly #batches = new WeakMap<Promise<string>, Promise<FeedBatch>>();
  readonly reads: SharedReads;
  readonly #fresh: FreshEvents;
  readonly #logger = new Logger('feed');
  readonly #unsubscribe: () => void;
  #closed = false;

  constructor(
    private readonly log: RecordLog,
    private readonly views: ViewEngine,
  ) {
    this.#fresh = new FreshEvents(log);
    this.reads = new SharedReads(views);
    this.#unsubscribe = log.onAppended(() => {
      for (const [key, tail] of this.#tails)
        if (tail.isAwaited) this.#advance(tail);
        else if (this.#isFarBehind(tail)) this.#tails.delete(key);
    });
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** The next items after a place, at most `limit` and some hundred KiB. */
  async next(query: FeedQuery, after: FeedPlace, limit = MAX_ITEMS): Promise<FeedBatch> {
    const tail = this.#tailOf(query);
    if (tail?.covers(after)) await tail.reach(this.log.head());
    const ready = this.ready(query, after, limit);
    if (ready) return ready;
    const batch = await this.#read(query, after, limit);
    if (batch.caughtUp) this.#beginTail(query, batch.at);
    return batch;
  }

  /** The same of what is at hand; undefined where it has to be read. There may be more by now. */
  ready(query: FeedQuery, after: FeedPlace, limit = MAX_ITEMS): FeedBatch | undefined {
    const tail = this.#tailOf(query);
    return tail?.covers(after) ? tail.batch(query, after, limit) : undefined;
  }

  /** The last item there is for a reader now. */
  async end(query: FeedQuery): Promise<FeedPlace> {
    // A thousand who come back after a restart ask this together. What was acknowledged before is in a shared answer too.
    const answer = await this.reads.ask({ kind: 'feed-end', query }, JSON.stringify(['end', this.log.head(), query]));
    return JSON.parse(answer) as FeedPlace;
  }

  /** True as soon as there may be more for him who asks; false when the time is over, he leaves or the feed ends. */
  async more(query: FeedQuery, after: FeedPlace, timeoutMs: number, waiter: Waiter): Promise<boolean> {
    if (this.#closed || waiter.hasLeft) return false;
    if (!this.await(query, after, waiter)) return true;
    const isWoken = await waiter.wait(timeoutMs);
    this.forget(query, waiter);
    return isWoken && !this.#closed;
  }

  /** Wakes him once, as soon as there may be more, or the feed ends; false where there may be more already. */
  await(query: FeedQuery, after: FeedPlace, waiter: Woken): boolean {
    const tail = this.#tailOf(query);
    if (!tail?.covers(after) || tail.reaches(after.position + 1)) return false;
    tail.await(waiter);
    if (!tail.reaches(this.log.head())) this.#advance(tail);
    return true;
  }

  forget(query: FeedQuery, waiter: Woken): void {
    this.#tailOf(query)?.forget(waiter);
  }

  /** Ends every long poll and stream. What was at hand is so no more: it may be that nothing is to be told. */
  close(): void {
    this.#closed = true;
    this.#unsubscribe();
    const tails = [...this.#tails.values()];
    this.#tails.clear();
    for (const tail of tails) tail.wakeAll();
  }

  #advance(tail: FeedTail): void {
    // Whoever waits asks again with the next append or heartbeat, and is told then.
    tail.advance().catch((error: Error) => this.#closed || this.#logger.warn(`the tail waits: ${error.message}`));
  }

  #tailOf(query: FeedQuery): FeedTail | undefined {
    return this.#tails.get(this.#kindOf(query));
  }

  /** Of those who get the same bytes. Who reads what is RED goes on record by name and crisis, so those share nothing. */
  #kindOf(query: FeedQuery): string {
    let kind = this.#kinds.get(query);
    if (kind === undefined) {
      const { name, level, seesNumbers } = query.reader;
      const whose = this.views.isOnRecord(query.reader) ? `${name} ${query.crisis ?? ''}` : '';
      this.#kinds.set(query, (kind = `${level} ${seesNumbers} ${whose}`));
    }
    return kind;
  }

  #isFarBehind(tail: FeedTail): boolean {
    return !tail.reaches(this.log.head() - FAR_BEHIND);
  }

  #beginTail({ reader, crisis }: FeedQuery, at: FeedPlace): void {
    const isOfOne = crisis !== undefined && this.views.isOnRecord(reader);
    const query: FeedQuery = { reader, ...(isOfOne && { crisis }), filter: '' };
    const key = this.#kindOf(query);
    if (this.#closed || this.#tails.has(key)) return;
    this.#tails.set(
      key,
      new FeedTail(
        at,
        (after) => this.#readOn(query, after),
        () => this.log.isAppending,
      ),
    );
  }

  /** What has come, after those are answered who sent it: their acknowledgements wait for no delivery. */
  async #readOn(query: FeedQuery, after: FeedPlace): Promise<FeedBatch> {
    await turn();
    const fresh = this.views.mustBeAsked(query.reader) ? undefined : this.#fresh.after(query.reader, after);
    return fresh ?? this.#read(query, after, MAX_ITEMS);
  }

  #read(query: FeedQuery, after: FeedPlace, limit: number): Promise<FeedBatch> {
    const { position, index } = after;
    const question = { query, after: { position, index }, limit };
    const answer = this.reads.ask({ kind: 'feed', ...question }, JSON.stringify(question));
    let batch = this.#batches.get(answer);
    if (!batch) this.#batches.set(answer, (batch = answer.then(batchIn)));
    return batch;
  }
}
