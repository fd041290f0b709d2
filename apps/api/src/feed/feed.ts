import { setImmediate as turn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { RecordLog } from '#event-log';
import type { FeedPlace } from '#projections';
import type { Reader } from '../views/read-request';
import type { ViewEngine } from '../views/view-engine';
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
    const tail = this.#tailOf(query.reader);
    if (tail?.covers(after)) await tail.reach(this.log.head());
    const ready = this.ready(query, after, limit);
    if (ready) return ready;
    const batch = await this.#read(query, after, limit);
    if (batch.caughtUp) this.#beginTail(query.reader, batch.at);
    return batch;
  }

  /** The same of what is at hand; undefined where it has to be read. There may be more by now. */
  ready(query: FeedQuery, after: FeedPlace, limit = MAX_ITEMS): FeedBatch | undefined {
    const tail = this.#tailOf(query.reader);
    return tail?.covers(after) ? tail.batch(query, after, limit) : undefined;
  }

  /** The last item there is for a reader now. */
  async end(query: FeedQuery): Promise<FeedPlace> {
    // A thousand who come back after a restart ask this together. What was acknowledged before is in a shared answer too.
    const answer = await this.reads.ask({ kind: 'feed-end', query }, JSON.stringify(['end', this.log.head(), query]));
    return JSON.parse(answer) as FeedPlace;
  }

  /** True as soon as there may be more for this reader; false when the time is over, he leaves or the feed ends. */
  async more(reader: Reader, after: FeedPlace, timeoutMs: number, waiter: Waiter): Promise<boolean> {
    if (this.#closed || waiter.hasLeft) return false;
    if (!this.await(reader, after, waiter)) return true;
    const isWoken = await waiter.wait(timeoutMs);
    if (!isWoken) this.forget(reader, waiter);
    return isWoken && !this.#closed;
  }

  /** Wakes him once, as soon as there may be more, or the feed ends; false where there may be more already. */
  await(reader: Reader, after: FeedPlace, waiter: Woken): boolean {
    const tail = this.#tailOf(reader);
    if (this.#closed || !tail?.covers(after) || tail.reaches(after.position + 1)) return false;
    tail.await(waiter);
    if (!tail.reaches(this.log.head())) this.#advance(tail);
    return true;
  }

  forget(reader: Reader, waiter: Woken): void {
    this.#tailOf(reader)?.forget(waiter);
  }

  /** Ends every long poll and stream. */
  close(): void {
    this.#closed = true;
    this.#unsubscribe();
    for (const tail of this.#tails.values()) tail.wakeAll();
  }

  #advance(tail: FeedTail): void {
    // Whoever waits asks again with the next append or heartbeat, and is told then.
    tail.advance().catch((error: Error) => this.#closed || this.#logger.warn(`the tail waits: ${error.message}`));
  }

  #tailOf(reader: Reader): FeedTail | undefined {
    return this.#tails.get(kindOf(reader));
  }

  #isFarBehind(tail: FeedTail): boolean {
    return !tail.reaches(this.log.head() - FAR_BEHIND);
  }

  #beginTail(reader: Reader, at: FeedPlace): void {
    const key = kindOf(reader);
    if (this.#tails.has(key)) return;
    this.#tails.set(
      key,
      new FeedTail(
        at,
        (after) => this.#readOn(reader, after),
        () => this.log.isAppending,
      ),
    );
  }

  /** What has come, after those are answered who sent it: their acknowledgements wait for no delivery. */
  async #readOn(reader: Reader, after: FeedPlace): Promise<FeedBatch> {
    await turn();
    const fresh = this.views.mustBeAsked(reader) ? undefined : this.#fresh.after(reader, after);
    return fresh ?? this.#read({ reader, filter: '' }, after, MAX_ITEMS);
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

/** Readers who get the same bytes. Who reads what is RED is put on record by name, so those share nothing. */
function kindOf(reader: Reader): string {
  let kind = kinds.get(reader);
  if (kind === undefined) {
    const { name, level, seesNumbers } = reader;
    kinds.set(reader, (kind = `${level} ${seesNumbers} ${level === 'RED' ? name : ''}`));
  }
  return kind;
}

/** It is asked for at each wake of each follower. */
const kinds = new WeakMap<Reader, string>();
