import { answerCrises, answerCrisis } from '../read/answer-crises';
import { answerEvent, answerEvents, answerLatest } from '../read/answer-events';
import { answerHidden, answerPosition } from '../audit/answer-marked';
import { answerDiff } from '../audit/answer-diff';
import { answerReplay } from '../audit/answer-replay';
import { answerHealth } from '../health/answer-health';
import { answerFeed, answerFeedEnd } from '../feed/answer-feed';
import { answerSnapshot } from '../feed/answer-snapshot';
import { answerViewState } from '../feed/answer-view-state';
import { answerBriefing } from '../views/answer-briefing';
import { answerReached } from './answer-reached';
import { answerSeries } from '../views/answer-series';
import { answerView } from '../views/answer-view';
import type { ReadContext } from './read-context';
import type { ReadRequest } from './read-request';

type Kind = Exclude<ReadRequest['kind'], 'stop'>;
type Answers = {
  readonly [K in Kind]: (context: ReadContext, request: Extract<ReadRequest, { kind: K }>) => string | Promise<string>;
};

/** The table of contents of what can be read. */
export const ANSWERS: Answers = {
  ready: () => '',
  health: answerHealth,
  reached: answerReached,
  view: answerView,
  series: answerSeries,
  briefing: answerBriefing,
  crises: answerCrises,
  crisis: answerCrisis,
  events: answerEvents,
  event: answerEvent,
  latest: answerLatest,
  feed: answerFeed,
  'feed-end': answerFeedEnd,
  snapshot: answerSnapshot,
  'view-state': answerViewState,
  replay: answerReplay,
  diff: answerDiff,
  position: answerPosition,
  hidden: answerHidden,
};
