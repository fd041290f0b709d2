import type { FeedPlace } from '#projections';
import type { FeedPageHead } from './answer-feed';
import type { FeedItem, FeedItemKey } from './feed-item';

/** One step through the feed. Shared by all who ask the same. */
export interface FeedBatch {
  readonly items: readonly FeedItem[];
  /** Everything up to here has been looked at. Not for clients: it moves with what is hidden. */
  readonly at: FeedPlace;
  /** The last item that the reader may see, if there was any: what a cursor may name. */
  readonly seen: FeedPlace | undefined;
  readonly caughtUp: boolean;
}

/** The batch in an answer of the view worker. */
export function batchIn(answer: string): FeedBatch {
  const [head, ...lines] = answer.split('\n');
  const { at, seen, caughtUp } = JSON.parse(head!) as FeedPageHead;
  const items: FeedItem[] = [];
  for (let i = 0; i < lines.length; i += 2)
    items.push({ ...(JSON.parse(lines[i]!) as FeedItemKey), json: lines[i + 1]! });
  return { items, at, seen: seen ?? undefined, caughtUp };
}
