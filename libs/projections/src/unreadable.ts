import type { Level, Position, StoredEvent } from '#event-log';
import { type History, versionsOf } from './amendments';
import type { EffectiveVersion, HistoryChange } from './effective-events';
import { factsOf } from './facts';
import { levelIndexOf } from './frame';

/**
 * An event that this build cannot read is not skipped: it stands in its crisis as an original, before all
 * others, and parks the views that would have to include it. Retracting it, or a build that reads it,
 * unparks them.
 */
export function unreadableOriginal({ position, id }: StoredEvent, level: Level): HistoryChange {
  const original = { position, eventId: id, level: levelIndexOf(level), facts: NOTHING };
  const history: History = { original, amendments: [] };
  return { history, versions: versionsOf(history) };
}

const NOTHING = factsOf(
  'AnalystAssessmentIssued',
  { content: { occurredAt: '1900-01-01T00:00:00Z' }, refs: {}, sources: {} },
  () => undefined,
);

/**
 * @param unreadable why, by position of the original
 * @throws ViewParked when one of these cannot be read.
 */
export function requireAllReadable(
  events: readonly EffectiveVersion[],
  unreadable: ReadonlyMap<Position, string>,
): void {
  if (unreadable.size === 0) return;
  const stuck = events.find(({ original }) => unreadable.has(original));
  if (stuck) throw new ViewParked(stuck.eventId, unreadable.get(stuck.original)!);
}

/** A view would have to include an event that this build cannot read. */
export class ViewParked extends Error {
  constructor(
    readonly eventId: string,
    readonly reason: string,
  ) {
    super(`event ${eventId} cannot be read: ${reason}`);
  }
}
