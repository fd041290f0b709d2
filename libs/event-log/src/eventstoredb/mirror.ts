import { setTimeout as sleep } from 'node:timers/promises';
import { EventLogError, RecordMoved, RecordRewound, RecordTruncated } from '../errors';
import type { HeadSignal } from '../head-signal';
import type { Revision } from '../event-log';
import { reasonOf } from './append-outcome';
import type { MirrorFile } from './mirror-file';
import type { RecordClient, RecordedEvent } from './record-client';
import { GATHER_MS, type RecordSubscription } from './record-subscription';
import { checkSameRecord } from './same-record';
import { isOurs, truncated } from './whole-stream';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;
/** Between questions whether the record still answers. */
const HEARTBEAT_MS = 2_000;
/** After one of these it stops for good. */
const FOR_GOOD = [RecordMoved, RecordRewound, RecordTruncated];

export interface MirrorHealth {
  /** `stopped`: for good, the record is not what it was, or not there any more. */
  readonly state: 'live' | 'catching-up' | 'away' | 'stopped';
  readonly reason?: string;
  /** How long ago the mirror was last known to hold everything, milliseconds. */
  readonly behindMs: number;
}

interface Waiter {
  readonly revision: Revision;
  resolve(reached: boolean): void;
}

/**
 * Follows the record and keeps a copy of its crises, verified event by event. It subscribes again after every end of
 * its subscription, however that came about, from the last event it stored; it stops only when the record is no longer
 * what it was, or was moved away.
 */
export class Mirror implements AsyncDisposable {
  /** Why it will not go on. */
  stopped: EventLogError | undefined;
  private subscription: RecordSubscription | undefined;
  private isLive = false;
  private isAnswered = false;
  private trouble: string | undefined;
  private currentAt = performance.now();
  private writtenAt = -Infinity;
  private closed = false;
  private readonly waiters = new Map<string, Set<Waiter>>();
  private readonly nap = new AbortController();
  private running: Promise<unknown> = Promise.resolve();
  private readonly settling = Promise.withResolvers<void>();

  constructor(
    private readonly record: RecordClient,
    readonly file: MirrorFile,
    private readonly logId: string,
    private readonly signal: HeadSignal,
    private readonly onStop = (error: EventLogError) => console.error(`the mirror has stopped: ${error.message}`),
  ) {}

  /** Resolves once it holds everything, or cannot. */
  get settled(): Promise<void> {
    return this.settling.promise;
  }

  start(): void {
    this.running = Promise.all([this.follow(), this.watch()]);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.nap.abort();
    this.subscription?.close();
    for (const waiters of this.waiters.values()) for (const waiter of waiters) waiter.resolve(false);
    await this.running;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  health(): MirrorHealth {
    const isCurrent = this.isLive && this.isAnswered;
    const state = this.stopped ? 'stopped' : isCurrent ? 'live' : this.trouble === undefined ? 'catching-up' : 'away';
    const reason = this.stopped?.message ?? (isCurrent ? undefined : this.trouble);
    const behindMs = isCurrent ? 0 : Math.round(performance.now() - this.currentAt);
    return { state, behindMs, ...(reason !== undefined && { reason }) };
  }

  /** Does the mirror hold this revision, now or within the time? */
  async reaches(stream: string, revision: Revision, timeoutMs: number): Promise<boolean> {
    if (this.file.stream(stream).head >= revision) return true;
    if (this.stopped || this.closed) return false;
    const waiters = this.waiters.get(stream) ?? new Set<Waiter>();
    this.waiters.set(stream, waiters);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiter: Waiter = { revision, resolve };
    waiters.add(waiter);
    using _timer = setTimeout(() => resolve(false), timeoutMs);
    const isReached = await promise;
    waiters.delete(waiter);
    if (waiters.size === 0) this.waiters.delete(stream);
    return isReached;
  }

  private async follow(): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; !this.closed; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const { checkpoint } = this.file;
      try {
        await checkSameRecord(this.record, this.logId, checkpoint);
        this.subscription = this.record.subscribe(checkpoint);
        for await (const { events, isLive } of this.subscription.batches((held) => this.isEnough(held))) {
          if (this.closed) return;
          this.handle(events);
          this.noteLive(isLive);
          pauseMs = FIRST_PAUSE_MS;
        }
        this.noteAway('the subscription has ended');
      } catch (error) {
        if (FOR_GOOD.some((reason) => error instanceof reason)) return this.stop(error as EventLogError);
        this.noteAway(reasonOf(error));
      } finally {
        this.subscription?.close();
      }
      // A subscription that brought something before it broke off goes on with the next one.
      if (this.file.checkpoint === checkpoint) this.settling.resolve();
      await this.pause(pauseMs);
    }
  }

  /** A subscription stays alive on a connection that leads nowhere; a question does not. */
  private async watch(): Promise<void> {
    while (!this.closed && !this.stopped) {
      try {
        await this.record.lastEvent();
        this.isAnswered = true;
        if (this.isLive) {
          this.currentAt = performance.now();
          this.trouble = undefined;
        }
      } catch (error) {
        this.isAnswered = false;
        this.trouble = reasonOf(error);
      }
      await this.pause(HEARTBEAT_MS);
    }
  }

  private noteLive(isLive: boolean): void {
    this.isLive = isLive;
    if (!isLive) return;
    this.isAnswered = true;
    this.trouble = undefined;
    this.currentAt = performance.now();
    this.settling.resolve();
  }

  private noteAway(reason: string): void {
    if (this.isLive) this.currentAt = performance.now();
    this.isLive = false;
    this.trouble = reason;
  }

  private stop(error: EventLogError): void {
    this.stopped = error;
    this.isLive = false;
    for (const waiters of this.waiters.values()) for (const waiter of waiters) waiter.resolve(false);
    this.settling.resolve();
    this.onStop(error);
  }

  private handle(events: readonly RecordedEvent[]): void {
    const heads = new Map<string, Revision>();
    const fresh: RecordedEvent[] = [];
    try {
      for (const event of events) {
        const head = heads.get(event.stream) ?? this.headOf(event);
        if (!this.isNext(event, head)) continue;
        heads.set(event.stream, event.revision);
        fresh.push(event);
      }
    } finally {
      // What came before a gap is whole.
      this.file.write(fresh);
      this.writtenAt = performance.now();
      this.signal.advance(this.file.head);
      for (const [stream, revision] of heads) this.tell(stream, revision);
    }
  }

  /** True when every awaited event has arrived; when none is awaited, if nothing was written for a while. */
  private isEnough(held: number): boolean {
    if (this.waiters.size === 0) return performance.now() - this.writtenAt >= GATHER_MS;
    let awaited = 0;
    for (const [stream, waiters] of this.waiters) {
      const last = Math.max(...[...waiters].map(({ revision }) => revision));
      awaited += last - this.file.headOf(stream);
    }
    return held >= awaited;
  }

  private headOf({ stream }: RecordedEvent): Revision {
    return stream.startsWith('$$') ? -1 : this.file.headOf(stream);
  }

  /**
   * Throws where the stream is not whole. Events of the system have no position, and a repeated delivery is passed
   * over.
   */
  private isNext(event: RecordedEvent, head: Revision): boolean {
    if (!isOurs(event, () => head)) return false;
    const { stream, revision, position } = event;
    const { checkpoint } = this.file;
    if (checkpoint !== undefined && position.commit <= checkpoint.commit) return false;
    if (revision !== head + 1) throw truncated(stream, head + 1, `${revision} came instead`);
    return true;
  }

  private tell(stream: string, revision: Revision): void {
    for (const waiter of this.waiters.get(stream) ?? []) if (waiter.revision <= revision) waiter.resolve(true);
  }

  /** Ends early where the mirror is closed. */
  private async pause(timeMs: number): Promise<void> {
    await sleep(timeMs, undefined, { signal: this.nap.signal }).catch(() => undefined);
  }
}
