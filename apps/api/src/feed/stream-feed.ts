import type { FeedPlace } from '#projections';
import type { Tokens } from '../http/tokens';
import { feedCursor } from './feed-cursor';
import { type EventStream, HEARTBEAT_MS, messageOf } from './event-stream';
import type { Feed } from './feed';
import type { FeedBatch } from './feed-batch';
import type { FeedQuery } from './feed-query';
import type { Woken } from './waiter';

/**
 * The feed on one stream. `caught-up` says that nothing more was there; it is sent again whenever that is true again.
 */
export class StreamFeed implements Woken {
  #at: FeedPlace;
  #cursor: FeedPlace;
  #caughtUp = false;
  #endLive: (error?: Error) => void = () => undefined;

  /** @param isStill whether the reader's level is still the one at which he asked */
  constructor(
    private readonly parts: { readonly feed: Feed; readonly tokens: Tokens },
    private readonly query: FeedQuery,
    start: FeedPlace,
    private readonly stream: EventStream,
    private readonly isStill: () => boolean,
  ) {
    this.#at = this.#cursor = start;
  }

  /** Sends what comes after the start until the client leaves, the server drains, or the reader's level changes. */
  async send(): Promise<void> {
    using _heartbeats = setInterval(() => this.#beat(), HEARTBEAT_MS);
    this.stream.ended.addEventListener('abort', () => this.#endLive());
    while (this.#goesOn()) {
      await this.stream.room();
      this.#take(await this.parts.feed.next(this.query, this.#at));
      if (this.#caughtUp && this.stream.hasRoom) await this.#live();
    }
  }

  /**
   * While the client is up to date it is written to from `wake`, in one round with all others, and nothing else is done
   * for it: whatever is done for each of a thousand clients delays the last one a thousand times.
   */
  async #live(): Promise<void> {
    const { feed } = this.parts;
    const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
    this.#endLive = (error) => (error === undefined ? resolve() : reject(error));
    if (this.stream.ended.aborted || !feed.await(this.query, this.#at, this)) return;
    await ended.finally(() => feed.forget(this.query, this));
  }

  /** Also looks again: the reader's level may have changed, or the last read may have failed. */
  #beat(): void {
    this.stream.heartbeat();
    this.#endLive();
  }

  wake(): void {
    try {
      const batch = this.#goesOn() ? this.parts.feed.ready(this.query, this.#at) : undefined;
      if (batch) this.#take(batch);
      const staysLive = batch?.caughtUp === true && this.stream.hasRoom;
      if (!staysLive || !this.parts.feed.await(this.query, this.#at, this)) this.#endLive();
    } catch (error) {
      this.#endLive(error as Error);
    }
  }

  #goesOn(): boolean {
    return !this.stream.ended.aborted && !this.parts.feed.isClosed && this.isStill();
  }

  #take(batch: FeedBatch): void {
    const { bytes, at, seen, caughtUp } = stepOf(batch, this.query, this.parts.tokens);
    if (bytes) this.stream.send(bytes);
    this.#at = at;
    this.#cursor = seen ?? this.#cursor;
    if (caughtUp && !this.#caughtUp) {
      const cursor = feedCursor(this.parts.tokens, this.#cursor, this.query);
      this.stream.send(messageOf('caught-up', JSON.stringify({ cursor }), cursor));
    }
    this.#caughtUp = caughtUp;
  }
}

/** What is kept of a batch for a client that is slow to read: its bytes, not its items. */
interface Step extends Pick<FeedBatch, 'at' | 'seen' | 'caughtUp'> {
  readonly bytes: Buffer | undefined;
}

/** Made once for all clients that get the batch: their cursors are the same. */
const steps = new WeakMap<FeedBatch, Step>();

function stepOf(batch: FeedBatch, query: FeedQuery, tokens: Tokens): Step {
  let step = steps.get(batch);
  if (!step) {
    const { items, at, seen, caughtUp } = batch;
    const frames = items.map((item) => messageOf(item.kind, item.json, feedCursor(tokens, item, query)));
    const bytes = frames.length === 0 ? undefined : Buffer.from(frames.join(''));
    step = { at: placeOf(at), seen: seen && placeOf(seen), caughtUp, bytes };
    steps.set(batch, step);
  }
  return step;
}

/** The place alone, of what may be a whole item. */
const placeOf = ({ position, index }: FeedPlace): FeedPlace => ({ position, index });
