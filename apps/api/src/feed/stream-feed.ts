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
    const batch = await feed.next(query, at);
    if (batch.items.length > 0) await stream.write(framesOf(batch, query, tokens));
    at = batch.at;
    cursor = batch.seen ?? cursor;
    if (batch.caughtUp && !announced) {
      const token = cursorOf(tokens, cursor, query);
      await stream.write(messageOf('caught-up', JSON.stringify({ cursor: token }), token));
    }
    announced = batch.caughtUp;
    if (announced && !(await feed.more(query.reader, at, HEARTBEAT_MS, waiter)) && !feed.isClosed)
      await stream.heartbeat();
  }
}

/** Made once for all who get the batch: their cursors are the same. */
const frames = new WeakMap<FeedBatch, Buffer>();

function framesOf(batch: FeedBatch, query: FeedQuery, tokens: Tokens): Buffer {
  let bytes = frames.get(batch);
  if (!bytes) {
    bytes = Buffer.from(
      batch.items.map((item) => messageOf(item.kind, item.json, cursorOf(tokens, item, query))).join(''),
    );
    frames.set(batch, bytes);
  }
  return bytes;
}
