import type { EffectiveVersion } from './effective-events';
import type { Frame } from './frame';
import { formatMinute, type Moment } from './instant';
import { nextChangeOf } from './next-change';
import { type Present, presentOf } from './present';

/** The present, and when it will next be another. */
export interface Situation extends Present {
  /** The next minute within 60 days at which something discrete changes if nothing more happens. */
  readonly nextChangeAt: string | null;
}

/**
 * @param events S: the effective events known and visible, with instant <= at, in order; or what `relevantOf` or a
 *   `VersionIndex` keeps of it. The rest of S costs time and changes nothing.
 */
export function situationOf(frame: Frame, events: readonly EffectiveVersion[], at: Moment): Situation {
  const present = presentOf(frame, events, at);
  const change = nextChangeOf(present, events);
  return { ...present, nextChangeAt: change === undefined ? null : formatMinute(change) };
}
