import { setImmediate } from 'node:timers/promises';
import type { EventStoreDBClient, ReadStreamOptions, RecordedEvent as ClientEvent } from '@eventstore/db-client';
import type { Revision } from '../event-log';
import { SYSTEM_STREAMS } from '../sqlite/system-stream';
import type { AppendCalls } from './append-calls';
import { AppendOutcome, outcomeOf } from './append-outcome';
import { deadline } from './deadline';
import { GENESIS_STREAM } from './genesis';
import { RecordSubscription } from './record-subscription';

/** A place in `$all`. */
export interface RecordPosition {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/** An event as EventStoreDB holds it and the client parsed it. */
export interface RecordedEvent {
  readonly stream: string;
  readonly revision: Revision;
  readonly id: string;
  readonly type: string;
  /** What JSON.parse made of it; bytes where it is not JSON. */
  readonly data: unknown;
  readonly metadata: unknown;
  /** The server's clock, milliseconds since the epoch. */
  readonly created: number;
  readonly position: RecordPosition;
}

export interface SentEvent {
  readonly id: string;
  readonly type: string;
  /** JSON text: nothing is serialised on the way, and nothing is checked. */
  readonly data: string;
  /** JSON text. */
  readonly metadata: string;
}

export interface RecordOptions {
  /** `esdb://…`; may hold credentials, hence is never logged. */
  readonly url: string;
  /** Stands behind `crisis-` and `crisislog-` in stream names. For tests that share a server; else empty. */
  readonly namespace?: string;
  /** For one call, milliseconds. */
  readonly timeoutMs?: number;
}

type Read = AsyncIterable<{ event?: unknown }> & { destroy(): unknown };

/**
 * Loaded with the first client: commands that might have a record in EventStoreDB, and have none, start in half the
 * time.
 */
// eslint-disable-next-line @typescript-eslint/no-require-imports
const esdb = () => require('@eventstore/db-client') as typeof import('@eventstore/db-client');
// eslint-disable-next-line @typescript-eslint/no-require-imports
const appendCalls = () => (require('./append-calls') as typeof import('./append-calls')).AppendCalls;

const TIMEOUT_MS = 10_000;
/** The server's own, beyond which the client's deadline is useless. */
const GRACE_MS = 1_000;
const CREDENTIALS = /^[^/]*:\/\/([^:@/]+):([^@/]*)@/;

/**
 * The calls of `@eventstore/db-client` that a log needs, made safe. Every call ends: in time, or with a reason.
 * Credentials go with each of them.
 */
export class RecordClient implements AsyncDisposable {
  private readonly client: EventStoreDBClient;
  private readonly appends: AppendCalls;
  private readonly credentials: { username: string; password: string };
  private readonly namespace: string;
  private readonly ownStream: RegExp;
  private readonly timeoutMs: number;

  constructor({ url, namespace = '', timeoutMs = TIMEOUT_MS }: RecordOptions) {
    this.client = esdb().EventStoreDBClient.connectionString(url);
    const [, username = 'none', password = 'none'] = CREDENTIALS.exec(url) ?? [];
    this.credentials = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
    this.namespace = namespace;
    this.ownStream = new RegExp(`^((?:\\$\\$)?(?:crisis-|crisislog-))${namespace}`);
    this.timeoutMs = timeoutMs;
    this.appends = new (appendCalls())(this.client, this.credentials, timeoutMs);
  }

  /** `expected` is always exact: with `any` the server looks back only a short way for ids it knows. Never rejects. */
  async append(stream: string, expected: Revision, events: readonly SentEvent[]): Promise<AppendOutcome> {
    try {
      const call = () => this.appends.append(this.stored(stream), expected, events);
      // The client has no deadline while it looks for a node.
      const last = await deadline(fromLeader(call), this.timeoutMs + GRACE_MS, 'append');
      return { kind: 'stored', last };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  /** From a revision on; empty where there is no stream. From the leader: followers lag behind one's own writes. */
  readStream(stream: string, from: Revision, maxCount?: number): Promise<RecordedEvent[]> {
    return this.read(stream, { fromRevision: BigInt(from), ...(maxCount !== undefined && { maxCount }) });
  }

  /** The stream's last events, in order. */
  async readEnd(stream: string, maxCount: number): Promise<RecordedEvent[]> {
    return (await this.read(stream, { fromRevision: 'end', direction: 'backwards', maxCount })).reverse();
  }

  private async read(stream: string, place: ReadStreamOptions): Promise<RecordedEvent[]> {
    const options = { ...place, requiresLeader: true, credentials: this.credentials };
    try {
      return await this.collect(() => this.client.readStream(this.stored(stream), options));
    } catch (error) {
      if ((error as { type?: string }).type === 'stream-not-found') return [];
      throw error;
    }
  }

  /** The stream's last event. */
  async lastOf(stream: string): Promise<RecordedEvent | undefined> {
    return (await this.readEnd(stream, 1))[0];
  }

  /** The event at a place of `$all`, or the first one behind it; undefined beyond the end. */
  async eventAt(position: RecordPosition): Promise<RecordedEvent | undefined> {
    return (await this.readAll({ fromPosition: position, direction: 'forwards' }))[0];
  }

  /** The last event of `$all`, whatever it is. */
  async lastEvent(): Promise<RecordedEvent | undefined> {
    return (await this.readAll({ fromPosition: 'end', direction: 'backwards' }))[0];
  }

  /**
   * Events of crises, of mirrored system streams and of the record's identity and end, and of the streams that hold
   * settings of theirs, after a place of `$all`.
   */
  subscribe(after: RecordPosition | undefined): RecordSubscription {
    const names = ['crisis-', GENESIS_STREAM, ...SYSTEM_STREAMS];
    return this.subscribeTo([...names, ...names.map((name) => `$$${name}`)], after);
  }

  /** Events of all streams whose names begin so. */
  subscribeTo(beginnings: readonly string[], after?: RecordPosition): RecordSubscription {
    const subscription = this.client.subscribeToAll(
      {
        fromPosition: after ?? 'start',
        filter: {
          filterOn: 'streamName',
          prefixes: beginnings.map((beginning) => this.stored(beginning)),
          checkpointInterval: 1_000,
        },
        credentials: this.credentials,
      },
      { highWaterMark: 500 },
    );
    return new RecordSubscription(subscription, (event) => this.recorded(event as ClientEvent));
  }

  /** Keeps that many events of a stream of the log's own; all, where the user may not say so. */
  async keepOnly(stream: string, maxCount: number): Promise<void> {
    const call = this.client.setStreamMetadata(this.stored(stream), { maxCount }, { credentials: this.credentials });
    try {
      await deadline(call, this.timeoutMs, 'settings');
    } catch (error) {
      if ((error as { type?: string }).type !== 'access-denied') throw error;
    }
  }

  /** What the server is set to for all streams that say nothing themselves. Needs an administrator. */
  async setDefaultAcl(acl: object): Promise<void> {
    const event = esdb().jsonEvent({ type: 'update-default-acl', data: { ...acl } });
    const options = { credentials: this.credentials, requiresLeader: true, deadline: this.timeoutMs };
    const call = this.client.appendToStream('$settings', event, options);
    await deadline(call, this.timeoutMs + GRACE_MS, 'settings');
  }

  /** Who besides administrators reads `$all`. Needs an administrator. */
  async setReadersOfAll(readRoles: string[]): Promise<void> {
    const call = this.client.setStreamMetadata('$all', { acl: { readRoles } }, { credentials: this.credentials });
    await deadline(call, this.timeoutMs, 'settings');
  }

  async close(): Promise<void> {
    this.appends.close();
    await deadline(this.client.dispose(), GRACE_MS, 'close').catch(() => undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** `readAll` ignores filters, hence has none here. */
  private readAll(place: {
    fromPosition: RecordPosition | 'end';
    direction: 'forwards' | 'backwards';
  }): Promise<RecordedEvent[]> {
    const options = { ...place, maxCount: 1, requiresLeader: true, credentials: this.credentials };
    return this.collect(() => this.client.readAll(options));
  }

  private collect(begin: () => Read): Promise<RecordedEvent[]> {
    let read: Read | undefined;
    const all = async () => {
      read = begin();
      const events: RecordedEvent[] = [];
      for await (const { event } of read) if (event) events.push(this.recorded(event as ClientEvent));
      return events;
    };
    return deadline(fromLeader(all), this.timeoutMs, 'read').catch((error: unknown) => {
      read?.destroy();
      throw error;
    });
  }

  private recorded(event: ClientEvent): RecordedEvent {
    const { streamId, revision, id, type, data, metadata, created, position } = event;
    return {
      stream: this.named(streamId),
      revision: Number(revision),
      id,
      type,
      data,
      metadata,
      created: new Date(created).getTime(),
      position: { commit: BigInt(position!.commit), prepare: BigInt(position!.prepare) },
    };
  }

  private stored(stream: string): string {
    return stream.replace(/^((?:\$\$)?(?:crisis-|crisislog-))/, `$1${this.namespace}`);
  }

  private named(stream: string): string {
    return stream.replace(this.ownStream, '$1');
  }
}

/**
 * A node that is not the leader does nothing but tell who is. The client goes there, once the failed call has ended.
 */
async function fromLeader<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if ((error as { type?: string }).type !== 'not-leader') throw error;
    await setImmediate();
    return call();
  }
}
