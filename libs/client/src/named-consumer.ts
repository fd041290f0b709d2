import type { EventType } from '#catalogue';
import type { FeedItem, Marking } from './wire';

export interface ConsumerOptions {
  readonly crisis?: string;
  readonly types?: readonly EventType[];
  /** A code or the beginning of one. */
  readonly actor?: string;
  /** Where it begins when it is made: `beginning` (default), `head`, or a cursor of the feed. */
  readonly start?: string;
  /** How often an item is handed out before it is parked; default 5. */
  readonly maxAttempts?: number;
}

/** A consumer as it was made. */
export interface ConsumerMade {
  readonly name: string;
  readonly crisis?: string;
  /** As in a request to the feed: comma-separated. */
  readonly type?: string;
  readonly actor?: string;
  readonly level: Marking;
  readonly maxAttempts: number;
}

export interface NextOptions {
  /** Default 10. */
  readonly limit?: number;
  /** Default 30. */
  readonly leaseSeconds?: number;
  /** How long the server waits for something to come; default 0. */
  readonly waitSeconds?: number;
}

/** Items of one crisis, in order, for this worker alone until the lease is over. */
export interface Batch {
  readonly crisisId: string;
  /** Of the first item; the first is 1. */
  readonly attempt: number;
  readonly expiresAt: string;
  readonly items: readonly FeedItem[];
  /**
   * Done: all, or all up to an item. Durable once it resolves. @throws Refused with 409 when the lease has ended: by this
   * very call, if an answer to it was lost, or because the items went to another worker
   */
  acknowledge(through?: FeedItem): Promise<void>;
  /** The first item that is not acknowledged failed: it comes again after the delay, the others behind it. */
  refuse(delaySeconds?: number): Promise<void>;
}

interface BatchOnWire extends Pick<Batch, 'crisisId' | 'attempt' | 'expiresAt' | 'items'> {
  readonly lease?: string;
}

/** @throws Refused, Unanswered */
export type Send = (method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: object) => Promise<unknown>;

/** A consumer whose place the record keeps, shared by any number of workers. At least once, in the order of each crisis. */
export class NamedConsumer {
  private readonly path: string;

  constructor(
    name: string,
    private readonly send: Send,
  ) {
    this.path = `/v1/consumers/${encodeURIComponent(name)}`;
  }

  /** The same again changes nothing. */
  async make({ types, ...options }: ConsumerOptions = {}): Promise<void> {
    await this.send('PUT', this.path, { ...options, ...(types && { type: types.join(',') }) });
  }

  async remove(): Promise<void> {
    await this.send('DELETE', this.path);
  }

  /** Undefined when nothing came in time. An answer that is lost leaves a lease that nobody has: it ends by itself. */
  async next({ limit = 10, leaseSeconds = 30, waitSeconds = 0 }: NextOptions = {}): Promise<Batch | undefined> {
    const query = `limit=${limit}&lease=${leaseSeconds}&wait=${waitSeconds}`;
    const { lease, ...its } = (await this.send('GET', `${this.path}/next?${query}`)) as BatchOnWire;
    if (lease === undefined) return undefined;
    return {
      ...its,
      acknowledge: async (through) =>
        void (await this.send('POST', `${this.path}/ack`, { lease, ...(through && { through: through.id }) })),
      refuse: async (delaySeconds) => void (await this.send('POST', `${this.path}/nack`, { lease, delaySeconds })),
    };
  }
}
