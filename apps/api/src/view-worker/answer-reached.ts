import type { Position } from '#event-log';
import { Problem, retryAfter } from '../http/problem';
import type { ReadContext } from './read-context';

/** An empty answer once the views reflect the log up to this position: at once, unless the views cannot be written. */
export function answerReached(context: ReadContext, { position }: { position: Position }): string {
  if (context.store.checkpoint() >= position) return '';
  throw viewsBehind();
}

export const viewsBehind = (): Problem =>
  new Problem('behind', 'The views have not reached the asked point; their disk is full.', {}, retryAfter(30));
