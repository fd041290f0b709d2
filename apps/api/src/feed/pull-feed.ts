import type { FeedPlace } from '#projections';
import type { Tokens } from '../http/tokens';
import type { Feed } from './feed';
import type { FeedQuery } from './feed-query';
import { feedCursor } from './feed-cursor';
import { Waiter } from './waiter';

/** When a filter has found nothing for this long, the answer is how far it got. */
export const MAX_LOOKING_MS = 2_000;

/** One page of the feed. An empty page is answered only at the end of the feed, when the time to wait is over. */
export async function pullFeed(
  { feed, tokens }: { feed: Feed; tokens: Tokens },
  query: FeedQuery,
  start: FeedPlace,
  { limit, waitMs, left }: { limit: number; waitMs: number; left: AbortSignal },
): Promise<string> {
  const since = performance.now();
  const waiter = new Waiter(left);
  let cursor = start;
  for (let at = start; ;) {
    const batch = await feed.next(query, at, limit);
    at = batch.at;
    cursor = batch.seen ?? cursor;
    const spent = performance.now() - since;
    const goesOn =
      batch.items.length === 0 &&
      (batch.caughtUp
        ? waitMs > spent && (await feed.more(query, at, waitMs - spent, waiter))
        : spent < Math.max(waitMs, MAX_LOOKING_MS));
    if (goesOn) continue;
    const items = batch.items.map(({ json }) => json).join(',');
    return `{"items":[${items}],"cursor":"${feedCursor(tokens, cursor, query)}","caughtUp":${batch.caughtUp}}`;
  }
}
