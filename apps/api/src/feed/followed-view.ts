import type { Context } from '../app.context';
import type { ViewName, ViewStateQuestion } from '../view-worker/read-request';
import type { ViewStateHead } from './answer-view-state';
import { type EventStream, HEARTBEAT_MS, messageOf } from './event-stream';
import type { FeedQuery } from './feed-query';
import { Waiter } from './waiter';

/** Of a burst of events only this many, the latest, are named as causes. */
const MAX_CAUSES = 100;

interface State extends ViewStateHead {
  readonly body: string;
}

type Cause = { readonly events: readonly string[] } | { readonly time: string } | null;

/** A view of a crisis that is sent again whenever it changes. */
export class FollowedView {
  constructor(
    private readonly context: Pick<Context, 'feed' | 'clock'>,
    private readonly view: ViewName,
    private readonly query: FeedQuery & { readonly crisis: string },
  ) {}

  /** The view as it is now, and the position in the feed after which its changes come. */
  async begin(): Promise<{ state: State; at: number }> {
    const { position } = await this.context.feed.end(this.query);
    return { state: await this.#state({ now: this.context.clock() }, position), at: position };
  }

  /**
   * Sends the view, then each change with its cause, until the client leaves or the server drains. What comes while a
   * state is on its way makes one state together: a slow reader gets the latest, not all.
   */
  async stream(
    { state, at }: { state: State; at: number },
    stream: EventStream,
    isStill: () => boolean,
  ): Promise<void> {
    const { feed, clock } = this.context;
    const waiter = new Waiter(stream.ended);
    await stream.write(stateMessage(state, null));
    for (let place = { position: at, index: 0 }; !stream.ended.aborted && !feed.isClosed && isStill();) {
      const events: string[] = [];
      for (let caughtUp = false; !caughtUp;) {
        const batch = await feed.next(this.query, place);
        events.push(...batch.items.map(({ eventId }) => eventId));
        ({ at: place, caughtUp } = batch);
      }
      const before = state;
      if (events.length > 0) {
        state = await this.#state({ since: state.at }, place.position);
        await this.#send(stream, before, state, { events: events.slice(-MAX_CAUSES) });
      } else if (state.nextAt !== null && state.nextAt <= clock()) {
        while (state.nextAt !== null && state.nextAt <= clock())
          state = await this.#state({ instant: state.nextAt }, place.position);
        await this.#send(stream, before, state, { time: new Date(state.at).toISOString() });
      } else {
        const waitMs = Math.min(HEARTBEAT_MS, (state.nextAt ?? Infinity) - clock());
        if (!(await feed.more(this.query, place, waitMs, waiter)) && !feed.isClosed) stream.heartbeat();
      }
    }
  }

  async #send(stream: EventStream, before: State, state: State, cause: Cause): Promise<void> {
    if (state.digest !== before.digest) await stream.write(stateMessage(state, cause));
  }

  /** @param position tells this read from one begun earlier, whose answer may lack the events up to here */
  async #state(moment: ViewStateQuestion['moment'], position: number): Promise<State> {
    const { crisis, reader } = this.query;
    const question: ViewStateQuestion = { view: this.view, crisis, reader, moment };
    const answer = await this.context.feed.reads.ask(
      { kind: 'view-state', ...question },
      JSON.stringify([question, position]),
    );
    const end = answer.indexOf('\n');
    return { ...(JSON.parse(answer.slice(0, end)) as ViewStateHead), body: answer.slice(end + 1) };
  }
}

const stateMessage = ({ body }: State, cause: Cause): string =>
  messageOf('state', `{"cause":${JSON.stringify(cause)},"state":${body}}`);
