// Not 'rxjs': a command would load 220 modules for the one it needs.
import { Observable } from 'rxjs/internal/Observable';
import { v7 as uuidV7 } from 'uuid';
import { appendLines, type LineResult } from './append-lines';
import { type Followed, follow, type FollowOptions } from './follow';
import { answered, Backoff, type Patience } from './patience';
import { type ConsumerMade, NamedConsumer, type Send } from './named-consumer';
import type { NewCrisis, NewEvent } from './wire';

export interface CrisisLogOptions {
  /** An API key. */
  readonly key?: string | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For appends. Default: eight attempts, about a minute. */
  readonly patience?: Patience;
  /** Told when something has to be sent again, once until it goes well. */
  readonly onTrouble?: (error: Error) => void;
}

export interface Receipt {
  readonly eventId: string;
  readonly crisisId: string;
  readonly recordedAt: string;
  /** Where the event stands: to follow from, or for `atLeast`. */
  readonly cursor?: string;
  /** It was there already. */
  readonly repeated: boolean;
}

const PATIENCE: Patience = { attempts: 8, firstDelayMs: 250, maxDelayMs: 15_000 };
/** Longer than any wait that can be asked for. */
const REQUEST_TIMEOUT_MS = 60_000;
const NDJSON = 'application/x-ndjson';

export class CrisisLog {
  private readonly headers: Readonly<Record<string, string>>;
  private readonly backoff: () => Backoff;

  /** @throws TypeError where `url` is no http address */
  constructor(
    readonly url: string,
    { key, headers = {}, patience = PATIENCE, onTrouble }: CrisisLogOptions = {},
  ) {
    if (!URL.parse(url)?.protocol.match(/^https?:$/))
      throw new TypeError(`${url} is no address of a server, such as http://localhost:3000`);
    this.headers = { ...headers, ...(key !== undefined && { authorization: `Bearer ${key}` }) };
    this.backoff = () => new Backoff(patience, onTrouble);
  }

  /** Opens a crisis. Durable once it resolves. @throws Refused, Unanswered */
  async open(crisis: NewCrisis): Promise<Receipt> {
    return (await this.send('POST', '/v1/crises', { eventId: uuidV7(), ...crisis })) as Receipt;
  }

  /**
   * Appends one event. Durable once it resolves, and stored once however often it had to be sent: an event without an
   * id gets one before the first attempt. @throws Refused: not stored; Unanswered: may be, and may be sent again
   */
  async append(crisisId: string, event: NewEvent): Promise<Receipt> {
    return (await this.send('POST', `/v1/crises/${crisisId}/events`, { eventId: uuidV7(), ...event })) as Receipt;
  }

  /** Appends all of them or none, next to each other; at most 100. As `append` otherwise. */
  async appendAll(crisisId: string, events: readonly NewEvent[]): Promise<readonly Receipt[]> {
    const identified = events.map((event) => ({ eventId: uuidV7(), ...event }));
    const { events: receipts } = (await this.send('POST', `/v1/crises/${crisisId}/events`, identified)) as {
      events: readonly Receipt[];
    };
    return receipts;
  }

  /** Appends events, each by itself, given as JSON: `settle` gets what became of each, in order and once. */
  appendLines(
    crisisId: string,
    lines: readonly string[],
    settle: (result: LineResult, index: number) => void,
  ): Promise<void> {
    const post = (ndjson: string): Promise<Response> =>
      this.request('POST', `/v1/crises/${crisisId}/events`, ndjson, NDJSON);
    return appendLines(lines, post, settle, this.backoff());
  }

  /** The crisis as `GET /v1/crises/{id}` shows it. @throws Refused, with 404 where there is none */
  crisis(crisisId: string): Promise<unknown> {
    return this.send('GET', `/v1/crises/${crisisId}`);
  }

  /**
   * A view of a crisis, now or at a moment of the world (`at`) and of the record (`asOf`). @throws Refused, Unanswered
   */
  view(crisisId: string, name: 'status' | 'risk', moment: { at?: string; asOf?: string } = {}): Promise<unknown> {
    return this.send('GET', `/v1/crises/${crisisId}/${name}?${new URLSearchParams(moment).toString()}`);
  }

  /** A page of the events of a crisis, filtered as `GET …/events` says. @throws Refused, Unanswered */
  events(crisisId: string, filters: Readonly<Record<string, string>> = {}): Promise<unknown> {
    return this.send('GET', `/v1/crises/${crisisId}/events?${new URLSearchParams(filters).toString()}`);
  }

  /** An event with its amendments and what is in force of it. @throws Refused, Unanswered */
  event(crisisId: string, eventId: string): Promise<unknown> {
    return this.send('GET', `/v1/crises/${crisisId}/events/${eventId}`);
  }

  /**
   * What `/v1/audit/{path}` answers, as JSON text: some of it is signed or has a digest. @throws Refused, Unanswered
   */
  async audit(path: string, query: Readonly<Record<string, string | undefined>> = {}): Promise<string> {
    const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const address = `/v1/audit/${path}?${new URLSearchParams(given).toString()}`;
    return this.retried(
      () => this.request('GET', address, undefined, NDJSON),
      (answer) => answer.text(),
    );
  }

  /** All events of a crisis as NDJSON, in the order of the record. Breaks off with an error, never silently. */
  async export(crisisId: string): Promise<AsyncIterable<Uint8Array>> {
    const address = new URL(`/v1/crises/${crisisId}/events`, this.url);
    const ask = (): Promise<Response> => fetch(address, { headers: { ...this.headers, accept: NDJSON } });
    return this.retried(ask, (answer) => Promise.resolve(answer.body!));
  }

  /**
   * The feed, from the given cursor on and without end. Broken connections and restarting servers are not noticed:
   * it goes on behind the last item. Store `cursor` with what you made of the item, in one transaction.
   * @throws Refused, as when the cursor is of another level (409): start over from a snapshot
   */
  follow(options: FollowOptions = {}): AsyncGenerator<Followed, void> {
    return follow(this.url, this.headers, options);
  }

  /** `follow` as an Observable: each subscription follows by itself from the given cursor, until it is unsubscribed. */
  items(options: Omit<FollowOptions, 'signal'> = {}): Observable<Followed> {
    return new Observable((subscriber) => {
      const left = new AbortController();
      const run = async (): Promise<void> => {
        for await (const followed of this.follow({ ...options, signal: left.signal })) subscriber.next(followed);
        subscriber.complete();
      };
      run().catch((error: unknown) => subscriber.error(error));
      return () => left.abort();
    });
  }

  /** For those who cannot keep a cursor: the record does. */
  consumer(name: string): NamedConsumer {
    return new NamedConsumer(name, this.send);
  }

  /** One's own named consumers, as they were made. */
  async consumers(): Promise<readonly ConsumerMade[]> {
    return ((await this.send('GET', '/v1/consumers')) as { consumers: readonly ConsumerMade[] }).consumers;
  }

  private readonly send: Send = async (method, path, body) => {
    const json = body && JSON.stringify(body);
    return this.retried(
      () => this.request(method, path, json, 'application/json'),
      (answer) => answer.json(),
    );
  };

  private request(method: string, path: string, body: string | undefined, type: string): Promise<Response> {
    return fetch(new URL(path, this.url), {
      method,
      ...(body !== undefined && { body }),
      headers: { ...this.headers, ...(body !== undefined && { 'content-type': type }) },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
  }

  /** Asks until there is an answer that could be read to its end. */
  private async retried<T>(ask: () => Promise<Response>, read: (answer: Response) => Promise<T>): Promise<T> {
    const backoff = this.backoff();
    for (;;) {
      try {
        return await read(await answered(ask()));
      } catch (error) {
        await backoff.failed(error);
      }
    }
  }
}
