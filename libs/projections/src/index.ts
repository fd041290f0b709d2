import { diplomaticStatus } from './diplomatic-status';
import { risk } from './risk';

/** The table of contents: a new projection is one file and one line here. */
export const projections = { risk, status: diplomaticStatus } as const;
export type { Risk } from './risk';
export type { DiplomaticStatus } from './diplomatic-status';

/**
 * The views of a crisis are pure functions: no clock, no I/O, no threads. `modelOf(frame).situationOf(frame, S, at)` is
 * what they are views of, where S is the effective events of a crisis as of a position, at a level, up to a moment.
 */
export { models, modelOf, UnknownModel, type Model } from './models';
export { type Situation } from './situation';
export { type Frame, type LevelIndex } from './frame';
export { reportTypeOf } from './facts';
export { Moment } from './instant';
export { MAX_POINTS, type SeriesPoint } from './series';

export { briefingOf, type Briefing, type Citation, type Section } from './briefing';
export { type BriefingInput, type Content, type EventOnRecord, type Sentence } from './briefing-matter';
export { briefingMarkdown } from './briefing-markdown';

/** The caches: a projector folds the log into a store, from which a crisis is remembered as S wants it. */
export { Projector } from './projector';
export { type Unreadable, ViewStore } from './view-store';
export { CrisisMemory } from './crisis-memory';
export { CrisisFold } from './crisis-fold';
export { ViewParked } from './unreadable';
export { FEED_START, type FeedEntry, type FeedKind, type FeedPlace, isBeyond } from './feed-index';
export { actorCodesOf } from './listing';
export { type ListingFilter } from './listing-filter';
