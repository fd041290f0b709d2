import type { FeedPlace } from '#projections';
import type { Tokens } from '../http/tokens';
import { type EventStream, HEARTBEAT_MS, messageOf } from './event-stream';
import type { Feed } from './feed';
import type { FeedBatch } from './feed-batch';
import type { FeedQuery } from './feed-query';
import { Waiter } from './waiter';

/** The cursor that names a place to whoever asks this. */
export const cursorOf = (tokens: Tokens, { position, index }: FeedPlace, { reader, filter }: FeedQuery): string =>
  tokens.seal({ kind: 'point', position, index, level: reader.level, filter });

/**
 * Sends the feed after a place until the client leaves, the server drains, or `isStill` says that the reader is no
 * longer the one who asked. `caught-up` says that nothing more was there; it comes again after falling behind.
 */
export async function streamFeed(
  { feed, tokens }: { feed: Feed; tokens: Tokens },
  query: FeedQuery,
  start: FeedPlace,
  stream: EventStream,
  isStill: () => boolean,
): Promise<void> {
  let at = start;
  let cursor = start;
  let announced = false;
  const waiter = new Waiter(stream.ended);
  while (!stream.ended.aborted && !feed.isClosed && isStill()) {
    const step = stepOf(await feed.next(query, at), query, tokens);
    if (step.bytes) await stream.write(step.bytes);
    at = step.at;
    cursor = step.seen ?? cursor;
    if (step.caughtUp && !announced) {
      const token = cursorOf(tokens, cursor, query);
      await stream.write(messageOf('caught-up', JSON.stringify({ cursor: token }), token));
    }
    announced = step.caughtUp;
    if (announced && !(await feed.more(query.reader, at, HEARTBEAT_MS, waiter)) && !feed.isClosed)
      await stream.heartbeat();
  }
}

/** What a follower keeps of a batch while he is written to, which may be for as long as he does not read: its bytes. */
interface Step extends Pick<FeedBatch, 'at' | 'seen' | 'caughtUp'> {
  readonly bytes: Buffer | undefined;
}

/** Made once for all who get the batch: their cursors are the same. */
const steps = new WeakMap<FeedBatch, Step>();

function stepOf(batch: FeedBatch, query: FeedQuery, tokens: Tokens): Step {
  let step = steps.get(batch);
  if (!step) {
    const { items, at, seen, caughtUp } = batch;
    const frames = items.map((item) => messageOf(item.kind, item.json, cursorOf(tokens, item, query)));
    const bytes = frames.length === 0 ? undefined : Buffer.from(frames.join(''));
    step = { at: placeOf(at), seen: seen && placeOf(seen), caughtUp, bytes };
    steps.set(batch, step);
  }
  return step;
}

/** A place, which may be an item, without what else it holds. */
const placeOf = ({ position, index }: FeedPlace): FeedPlace => ({ position, index });
