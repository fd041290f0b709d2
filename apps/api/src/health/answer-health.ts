import type { ReadContext } from '../view-worker/read-context';

/** Enough to see what is the matter; a build too old for the record may not be able to read most of it. */
const SHOWN = 10;

/** Lag in events, and what this build cannot read: how much, and the first of it. The views of its crises wait for that. */
export function answerHealth({ log, store }: ReadContext): string {
  const checkpoint = store.checkpoint();
  const unreadable = { count: store.unreadableCount(), first: store.firstUnreadable(SHOWN) };
  return JSON.stringify({ checkpoint, lag: log.head() - checkpoint, unreadable });
}
