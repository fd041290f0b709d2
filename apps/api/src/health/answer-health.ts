import type { ReadContext } from '../view-worker/read-context';

/** Enough to see what is wrong; a build too old for the record may find most of it unreadable. */
const SHOWN = 10;

/**
 * The views' lag in events; how many events this build cannot read, which park the views of their crises, and the
 * first.
 */
export function answerHealth({ log, store }: ReadContext): string {
  const checkpoint = store.checkpoint();
  const unreadable = { count: store.unreadableCount(), first: store.firstUnreadable(SHOWN) };
  return JSON.stringify({ checkpoint, lag: log.head() - checkpoint, unreadable });
}
