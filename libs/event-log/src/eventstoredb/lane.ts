import { setTimeout as sleep } from 'node:timers/promises';
import { EventLogError, OutcomeUnknown, RecordAway } from '../errors';
import { reasonOf, type AppendOutcome } from './append-outcome';
import { confirm } from './confirm';
import type { Mirror } from './mirror';
import { openEnvelope } from './open-envelope';
import type { RecordClient } from './record-client';
import { decideRound, type Round } from './round';
import type { Sealer } from './sealer';
import { laterEvent, type LaterEvent, StreamPrefix } from './stream-prefix';
import type { Waiting } from './waiting';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

export interface LaneContext {
  readonly record: RecordClient;
  readonly mirror: Mirror;
  readonly sealer: Sealer;
  readonly isClosing: () => boolean;
}

/**
 * The appends to one stream: those that wait are decided together and sent in one call, and no other call to the stream
 * is made before the outcome of that one is known. While what was acknowledged is read back, the next group may be
 * under way, as long as it rests on nothing that is not yet confirmed.
 */
export class Lane {
  private queue: Waiting[] = [];
  private running: Promise<void> | undefined;
  /** Events that the record holds and the mirror does not yet, without a gap: read from it, or acknowledged by it. */
  private later: LaterEvent[] = [];
  /** Ids of acknowledged events that may turn out to be another instance's. */
  private readonly unconfirmed = new Set<string>();
  private readonly confirming = new Set<Promise<void>>();
  /** The record may hold more of the stream than is known here. */
  private isUnsure = false;

  constructor(
    private readonly stream: string,
    private readonly context: LaneContext,
    private readonly onIdle: () => void,
  ) {}

  /** Nothing is known here that the record and the mirror do not tell. */
  get isForgettable(): boolean {
    return this.running === undefined && this.confirming.size === 0 && !this.isUnsure;
  }

  push(waiting: Waiting): void {
    this.queue.push(waiting);
    this.running ??= this.run();
  }

  /** Resolves when nothing waits. */
  async drain(): Promise<void> {
    while (this.running !== undefined || this.confirming.size > 0)
      await Promise.all([this.running, ...this.confirming]);
  }

  private async run(): Promise<void> {
    // What is appended in the same turn is decided together.
    await Promise.resolve();
    while ((this.queue = this.queue.filter(({ isSettled }) => !isSettled)).length > 0) {
      try {
        await this.appendGroup();
      } catch (error) {
        // The record could not be read: nothing was sent.
        const reason = error instanceof EventLogError ? error : new RecordAway({ reason: reasonOf(error) });
        for (const waiting of this.queue.splice(0)) waiting.reject(reason);
      }
    }
    this.running = undefined;
    this.onIdle();
  }

  private async appendGroup(): Promise<void> {
    if (this.isUnsure) await this.readOn();
    let round = this.decideAll();
    // A refusal may rest on an event being absent, or on an old state: the record is read before it is given.
    if (round.isRefusing) {
      await this.readOn();
      round = this.decideAll();
    }
    if (round.decided.length === 0) return void (await Promise.race(this.confirming));
    for (const { waiting } of round.decided) waiting.isSent = round.events.length > 0;
    const outcome = await this.send(round);
    if (outcome.kind === 'conflict') this.isUnsure = true;
    else this.settle(round, outcome);
  }

  private decideAll(): Round {
    const { mirror, sealer } = this.context;
    const mirrored = mirror.file.stream(this.stream);
    this.later = this.later.filter(({ revision }) => revision > mirrored.head);
    return decideRound(
      this.queue,
      new StreamPrefix(mirrored, this.later, this.unconfirmed),
      sealer,
      mirror.file.knownAt,
    );
  }

  /** Until the answer is definite: after an unknown one the same bytes are sent again, with the same revision. */
  private async send({ events, base }: Round): Promise<AppendOutcome> {
    if (events.length === 0) return { kind: 'stored', last: base };
    let isUncertain = false;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const outcome = await this.context.record.append(this.stream, base, events);
      if (outcome.kind === 'stored' || outcome.kind === 'conflict') return outcome;
      isUncertain ||= outcome.kind === 'unknown';
      if (!isUncertain) return outcome;
      this.isUnsure = true;
      if (this.context.isClosing() || this.context.mirror.stopped) return { kind: 'unknown', reason: outcome.reason };
      await sleep(pauseMs);
    }
  }

  private settle(round: Round, outcome: Exclude<AppendOutcome, { kind: 'conflict' }>): void {
    const decided = new Set(round.decided.map(({ waiting }) => waiting));
    this.queue = this.queue.filter((waiting) => !decided.has(waiting));
    if (outcome.kind !== 'stored') {
      const { kind, reason } = outcome;
      const error = kind === 'unknown' ? new OutcomeUnknown({ reason }) : new RecordAway({ reason });
      for (const waiting of decided) waiting.reject(error);
      return;
    }
    this.later.push(...round.accepted);
    for (const { id } of round.accepted) this.unconfirmed.add(id);
    const confirming = this.confirm(round).finally(() => this.confirming.delete(confirming));
    this.confirming.add(confirming);
  }

  private async confirm(round: Round): Promise<void> {
    const waiting = round.decided.map(({ waiting }) => waiting);
    try {
      const isOurs = await confirm(this.context, this.stream, round);
      if (!isOurs) {
        this.isUnsure = true;
        this.queue.unshift(...waiting);
      }
    } catch (error) {
      this.isUnsure = true;
      for (const each of waiting) each.reject(new OutcomeUnknown({ reason: reasonOf(error) }));
    }
    for (const { id } of round.accepted) this.unconfirmed.delete(id);
    if (this.queue.length > 0) this.running ??= this.run();
  }

  /** From the record, whatever the mirror does not hold: it is what it is, and confirmed. */
  private async readOn(): Promise<void> {
    const { mirror, record } = this.context;
    if (mirror.stopped) throw mirror.stopped;
    const events = await record.readStream(this.stream, mirror.file.stream(this.stream).head + 1);
    this.later = events.map((event) => laterEvent(openEnvelope(event)));
    this.unconfirmed.clear();
    this.isUnsure = false;
  }
}
