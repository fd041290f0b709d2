import type { LogReader } from '#event-log';
import type { Projector, ViewStore } from '#projections';
import type { Tokens } from '../http/tokens';

/** What answers are made from, inside the view worker. */
export interface ReadContext {
  readonly log: LogReader;
  readonly store: ViewStore;
  readonly projector: Projector;
  readonly tokens: Tokens;
  /** The views reflect everything recorded when the question was asked. On a full disk they may not. */
  readonly hasCaughtUp: boolean;
  /** The public name of the log. */
  readonly origin: string;
}
