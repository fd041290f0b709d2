/**
 * A crisis log as its clients have it: append without losing or doubling anything, follow without missing or repeating
 * anything. Over HTTP only; types come from the catalogue.
 */
export { type LineResult } from './append-lines';
export { CrisisLog, type CrisisLogOptions, type Receipt } from './crisis-log';
export {
  type Batch,
  type ConsumerMade,
  type ConsumerOptions,
  type NamedConsumer,
  type NextOptions,
} from './named-consumer';
export { type Followed, type FollowOptions } from './follow';
export type { FeedItem, Marking, NewCrisis, NewEvent, RecordedEvent } from './wire';
export { type Patience, type ProblemDetails, Refused, Unanswered } from './patience';
