import type { ReadContext } from '../views/read-context';

/** Lag in events, and the crises whose views wait for an event that this build cannot read. */
export function answerHealth(context: ReadContext): string {
  const head = context.log.head();
  const checkpoint = context.store.checkpoint();
  return JSON.stringify({ checkpoint, lag: head - checkpoint, unreadable: context.store.unreadable() });
}
