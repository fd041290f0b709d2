import { LEVELS } from '#event-log';
import { type FeedEntry, type FeedPlace, isBeyond } from '#projections';
import type { ReadContext } from '../view-worker/read-context';
import type { FeedQuestion } from '../view-worker/read-request';
import { viewsBehind } from '../view-worker/answer-reached';
import { requireCrisis } from '../views/scene';
import { cloudEvent } from './cloud-event';
import { keyOf, LAST_INDEX } from './feed-item';
import { type FeedQuery, isAsked } from './feed-query';

/** Items looked at for one page: a filter that finds little must not hold up other readers. */
const MAX_LOOKED_AT = 1000;
/** A page ends early where events are large: so much waits in memory for each follower who does not read. */
const MAX_PAGE_CHARS = 128 * 1024;

/**
 * The first line of an answer: how far the page goes. The items follow, two lines each: a FeedItemKey, a CloudEvent.
 */
export interface FeedPageHead {
  /** Everything up to here has been looked at. Not for clients: it moves with what is hidden. */
  readonly at: FeedPlace;
  /** The last item that the reader may see, whether or not the filter wants it; null when there was none. */
  readonly seen: FeedPlace | null;
  /** Nothing is left to look at. */
  readonly caughtUp: boolean;
}

/**
 * The next items for one reader after a place. Items that have been hidden since they were published are left out.
 *
 * @throws Problem `behind` where the views end but the record goes on: nobody is told that he has everything
 */
export function answerFeed(context: ReadContext, { query, after, limit }: FeedQuestion): string {
  const { store, log } = context;
  const level = LEVELS.indexOf(query.reader.level);
  const head = store.checkpoint();
  if (query.crisis !== undefined) requireCrisis(context, query.crisis, query.reader.level, head);
  const entries = store.feed.after({ level, crisis: query.crisis, after, limit: MAX_LOOKED_AT });
  const lines: string[] = [];
  let seen: FeedEntry | undefined;
  let chars = 0;
  for (const entry of entries) {
    if (lines.length >= 2 * limit || chars >= MAX_PAGE_CHARS) break;
    seen = entry;
    if (entry.kind !== 'withdraw' && LEVELS.indexOf(store.listing.levelAt(entry.subject)) > level) continue;
    const subject = log.at(entry.subject)!;
    const { content } = JSON.parse(subject.body) as { content: object };
    const key = keyOf(context, entry, subject, content);
    if (!isAsked(key, query)) continue;
    const text = cloudEvent(context, entry, subject, query.reader);
    chars += text.length;
    lines.push(JSON.stringify(key), text);
  }
  const isEnd = entries.length < MAX_LOOKED_AT && seen === entries.at(-1);
  if (isEnd && lines.length === 0 && !context.hasCaughtUp) throw viewsBehind();
  const place = seen && { position: seen.position, index: seen.index };
  const page: FeedPageHead = {
    at: isEnd ? laterOf({ position: head, index: LAST_INDEX }, after) : (place ?? after),
    seen: place ?? null,
    caughtUp: isEnd && context.hasCaughtUp,
  };
  return [JSON.stringify(page), ...lines].join('\n');
}

const laterOf = (place: FeedPlace, other: FeedPlace): FeedPlace => (isBeyond(place, other) ? place : other);

/** Where the feed of a reader ends now. */
export function answerFeedEnd(context: ReadContext, { query: { reader, crisis } }: { query: FeedQuery }): string {
  const { store } = context;
  if (crisis !== undefined) requireCrisis(context, crisis, reader.level, store.checkpoint());
  return JSON.stringify(store.feed.last(LEVELS.indexOf(reader.level), crisis));
}
