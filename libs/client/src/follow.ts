import type { EventType } from '#catalogue';
import { answered, Backoff, messageOf, type Patience, Refused } from './patience';
import { messagesIn } from './messages-in';
import type { FeedItem } from './wire';

export interface FollowOptions {
  /**
   * The cursor of the last item that was dealt with; `head` for only what is still to come. Default: from the
   * beginning.
   */
  readonly after?: string;
  readonly crisis?: string;
  readonly types?: readonly EventType[];
  /** A code or the beginning of one. */
  readonly actor?: string;
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
  /** Told of each connection that broke or could not be made. */
  readonly onInterruption?: (error: Error) => void;
}

/** An item, or that nothing more was there. Either way everything up to the cursor has come. */
export type Followed =
  | { readonly cursor: string; readonly caughtUp: false; readonly item: FeedItem }
  | { readonly cursor: string; readonly caughtUp: true };

const PATIENCE: Patience = { attempts: Infinity, firstDelayMs: 100, maxDelayMs: 10_000 };
/** Three heartbeats missed. */
const SILENCE_MS = 45_000;

/** Reads one connection after the other, each from where the one before ended. */
export async function* follow(
  url: string,
  headers: Readonly<Record<string, string>>,
  options: FollowOptions,
): AsyncGenerator<Followed, void> {
  const { signal, onInterruption } = options;
  const backoff = new Backoff(PATIENCE);
  for (let { after } = options; signal?.aborted !== true;) {
    using connection = new Connection(signal);
    try {
      const response = await answered(
        fetch(addressOf(url, { ...options, ...(after !== undefined && { after }) }), {
          headers,
          signal: connection.signal,
        }),
      );
      for await (const { id, event, data } of messagesIn(connection.heard(response.body!))) {
        if (id === undefined) continue;
        yield event === 'caught-up'
          ? { cursor: id, caughtUp: true }
          : { cursor: id, caughtUp: false, item: JSON.parse(data) as FeedItem };
        after = id;
        backoff.succeeded();
      }
      throw new Error('the server ended the stream');
    } catch (error) {
      if (isAborted(signal)) return;
      if (!(error instanceof Refused)) onInterruption?.(new Error(messageOf(error), { cause: error }));
      await backoff.failed(error, signal).catch((reason: unknown) => {
        if (!isAborted(signal)) throw reason;
      });
    }
  }
}

/** A function, since TypeScript would take the answer of an earlier check for granted. */
const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;

function addressOf(url: string, { after, crisis, types, actor }: FollowOptions): URL {
  const address = new URL('/v1/feed/stream', url);
  const query = { after, crisis, type: types?.join(','), actor };
  for (const [name, value] of Object.entries(query)) if (value !== undefined) address.searchParams.set(name, value);
  return address;
}

/** One connection. Its signal aborts when nothing is heard for long, or when the follower leaves. */
class Connection implements Disposable {
  readonly signal: AbortSignal;
  private readonly givenUp = new AbortController();
  private silence = this.listen();

  constructor(outer: AbortSignal | undefined) {
    this.signal = AbortSignal.any([this.givenUp.signal, ...(outer ? [outer] : [])]);
  }

  async *heard(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      clearTimeout(this.silence);
      // The clock does not run while the follower deals with an item.
      yield chunk;
      this.silence = this.listen();
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.silence);
    this.givenUp.abort();
  }

  private listen(): NodeJS.Timeout {
    return setTimeout(() => this.givenUp.abort(new Error(`nothing heard for ${SILENCE_MS / 1000} s`)), SILENCE_MS);
  }
}
