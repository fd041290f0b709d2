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
/** A tail that nobody has advanced for this many events is dropped. */
const FAR_BEHIND = 5_000;

/**
 * The feed for its followers. Each asks for the next batch when it has sent the last one: nothing is queued for anyone.
 * Followers who are up to date share one tail per kind of reader; those who are behind read pages from the log, and
 * share a page that several ask for at the same time.
 */
export class Feed {
  readonly #tails = new Map<string, FeedTail>();
  /** Kept because it is asked for at each wake of each follower. */
  readonly #kinds = new WeakMap<FeedQuery, string>();
  /** One batch for each answer, so that what is made from a batch is made once. */
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

  /** The same from memory; undefined where it would have to be read. By now there may be more. */
  ready(query: FeedQuery, after: FeedPlace, limit = MAX_ITEMS): FeedBatch | undefined {
    const tail = this.#tailOf(query);
    return tail?.covers(after) ? tail.batch(query, after, limit) : undefined;
  }

  /** The last item there is for a reader now. */
  async end(query: FeedQuery): Promise<FeedPlace> {
    // Shared: after a restart a thousand clients ask this at once. The head in the key makes the answer cover every
    // append acknowledged before.
    const answer = await this.reads.ask({ kind: 'feed-end', query }, JSON.stringify(['end', this.log.head(), query]));
    return JSON.parse(answer) as FeedPlace;
  }

  /** True as soon as there may be more; false when the time is over, the client has left or the feed has ended. */
  async more(query: FeedQuery, after: FeedPlace, timeoutMs: number, waiter: Waiter): Promise<boolean> {
    if (this.#closed || waiter.hasLeft) return false;
    if (!this.await(query, after, waiter)) return true;
    const isWoken = await waiter.wait(timeoutMs);
    this.forget(query, waiter);
    return isWoken && !this.#closed;
  }

  /**
   * Wakes the waiter once, when there may be more or the feed ends. False, waking nobody, when there may be more
   * already.
   */
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

  /** Ends every long poll and stream, and drops the tails: it may be closed because nothing may be served any more. */
  close(): void {
    this.#closed = true;
    this.#unsubscribe();
    const tails = [...this.#tails.values()];
    this.#tails.clear();
    for (const tail of tails) tail.wakeAll();
  }

  #advance(tail: FeedTail): void {
    // Followers ask again with the next append or heartbeat, and meet the failure then.
    tail.advance().catch((error: Error) => this.#closed || this.#logger.warn(`the tail waits: ${error.message}`));
  }

  #tailOf(query: FeedQuery): FeedTail | undefined {
    return this.#tails.get(this.#kindOf(query));
  }

  /** Readers of one kind get the same bytes. Those whose reads are logged, by name and crisis, share with nobody. */
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

  /** What is new. A turn later, so that the appenders have their acknowledgements before anything is delivered. */
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
