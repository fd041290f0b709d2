import { diplomaticStatus } from './diplomatic-status';
import { risk } from './risk';

/**
 * The views of a crisis as pure functions: no clock, no I/O, no threads. A store keeps, of each crisis,
 *
 *  - its frame events (`frameEventOf`), from which `frameAt(events, asOf, level, minute)` makes the frame;
 *  - its effective versions and the histories of amended originals (`applyEvent`, event by event in position order:
 *    each change names one original and all versions that it now has);
 *
 * and answers a question with `modelOf(frame).situationOf(frame, S, at)`, where S is `selectEvents(versions, asOf,
 * level, minute)` or, from a `VersionIndex`, the part of it that matters; then `projections.risk.view(situation)`.
 */

/** The table of contents: a new projection is one file and one line here. */
export const projections = { risk, status: diplomaticStatus } as const;

export { defineProjection, type Projection } from './define-projection';
export { models, modelOf, UnknownModel, type Model } from './models';
export { situationOf, type Situation } from './situation';
export type { Risk } from './risk';
export type { DiplomaticStatus } from './diplomatic-status';

export {
  factsOf,
  reportTypeOf,
  REPORT_TYPES,
  type CodeTable,
  type EventBody,
  type Facts,
  type ReportType,
} from './facts';
export {
  frameAt,
  frameEventOf,
  levelIndexOf,
  type Frame,
  type FrameEvent,
  type LevelIndex,
  type RecordedEvent,
} from './frame';
export { unamendedHistory, versionsOf, type Amendment, type History } from './amendments';
export {
  applyEvent,
  inOrder,
  isKnown,
  selectEvents,
  type EffectiveVersion,
  type Histories,
  type HistoryChange,
} from './effective-events';

export { briefingOf, type Briefing, type Citation, type Section } from './briefing';
export { type BriefingInput, type Content, type EventOnRecord, type Sentence } from './briefing-matter';
export { briefingMarkdown } from './briefing-markdown';

export { formatMinute, millisecondsOf, minuteOf, Moment, UnreadableTime, type Minute } from './instant';

export { CrisisMemory, ViewParked } from './crisis-memory';
export { type ListingFilter } from './listing';
export { Projector } from './projector';
export { recordedEventOf } from './recorded-event';
export { type Unreadable, ViewStore } from './view-store';
export { relevantOf } from './relevant';
export { VersionIndex } from './version-index';
export { MAX_POINTS, seriesOf, seriesTimes, TooManyPoints, type SeriesInput, type SeriesPoint } from './series';
