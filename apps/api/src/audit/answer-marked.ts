import type { Level, Position } from '#event-log';
import { Problem } from '../http/problem';
import type { ReadContext } from '../view-worker/read-context';
import type { Reader } from '../access/caller';
import { requireCrisis } from '../views/scene';

/** Where an event stands that the reader sees. */
export function answerPosition(
  context: ReadContext,
  { crisis, eventId, level }: { crisis: string; eventId: string; level: Level },
): string {
  requireCrisis(context, crisis, level, context.log.head());
  const position = context.store.listing.positionOf(crisis, eventId, level);
  if (position !== undefined) return String(position);
  throw new Problem('event-not-found', `The crisis ${crisis} has no event ${eventId}.`, { crisisId: crisis, eventId });
}

/** The positions of a crisis that the reader must not be shown. */
export function answerHidden(
  context: ReadContext,
  { crisis, reader: { level }, before }: { crisis: string; reader: Reader; before: Position },
): string {
  requireCrisis(context, crisis, level, context.log.head());
  return JSON.stringify(context.store.listing.hidden(crisis, level, before));
}
