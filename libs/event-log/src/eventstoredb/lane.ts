import { setTimeout as sleep } from 'node:timers/promises';
import { decide, type Verdict } from '../decide';
import { EventLogError, OutcomeUnknown, RecordAway, toError } from '../errors';
import { type AppendedEvent, MAX_BYTES_PER_APPEND, MAX_EVENTS_PER_APPEND, type Revision } from '../event-log';
import { reasonOf, type AppendOutcome } from './append-outcome';
import type { Mirror } from './mirror';
import { openEnvelope } from './open-envelope';
import type { RecordClient } from './record-client';
import type { Sealed, Sealer } from './sealer';
import { laterEvent, LaterEvent, StreamPrefix } from './stream-prefix';
import type { Waiting } from './waiting';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
/** For the mirror to show what the record has acknowledged. */
const MIRROR_MS = 2_000;

export interface LaneContext {
  readonly record: RecordClient;
  readonly mirror: Mirror;
  readonly sealer: Sealer;
  readonly isClosing: () => boolean;
}

/** Of one pass over what waits: the verdicts, and what is to be sent. */
interface Round {
  readonly decided: readonly { readonly waiting: Waiting; readonly verdict: Verdict; readonly first: Revision }[];
  readonly events: readonly Sealed[];
  /** The revision the group follows. */
  readonly base: Revision;
  /** Refusals and repetitions rest on what is in the record, or are accepted in this round. */
  readonly isRefusing: boolean;
}

/**
 * The appends to one stream: those that wait are decided together and sent in one call, and no other call to the stream
 * is made before the outcome of that one is known.
 */
export class Lane {
  private queue: Waiting[] = [];
  private running: Promise<void> | undefined;
  /** The record may hold more of the stream than the mirror. */
  isAhead = false;

  constructor(
    private readonly stream: string,
    private readonly context: LaneContext,
    private readonly onIdle: () => void,
  ) {}

  push(waiting: Waiting): void {
    this.queue.push(waiting);
    this.running ??= this.run();
  }

  /** Resolves when nothing waits. */
  async drain(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    // What is appended in the same turn is decided together.
    await Promise.resolve();
    while ((this.queue = this.queue.filter(({ isSettled }) => !isSettled)).length > 0) {
      try {
        await this.appendGroup();
      } catch (error) {
        // The tail could not be read: nothing was sent.
        const reason = error instanceof EventLogError ? error : new RecordAway({ reason: reasonOf(error) });
        for (const waiting of this.queue.splice(0)) waiting.reject(reason);
      }
    }
    this.running = undefined;
    this.onIdle();
  }

  private async appendGroup(): Promise<void> {
    let tail = this.isAhead ? await this.readTail() : undefined;
    while (true) {
      let round = this.decideAll(tail ?? []);
      // A refusal rests on what is not there, or on what was there: the record is asked before it is given.
      if (round.isRefusing && tail === undefined) round = this.decideAll((tail = await this.readTail()));
      for (const { waiting } of round.decided) waiting.isSent = round.events.length > 0;
      const outcome = await this.send(round);
      const isDone = outcome.kind === 'conflict' ? false : await this.settle(round, outcome);
      if (isDone) return;
      tail = await this.readTail();
    }
  }

  private decideAll(tail: readonly LaterEvent[]): Round {
    const base = new StreamPrefix(this.context.mirror.file.stream(this.stream), tail);
    const start = base.head;
    const decided: { waiting: Waiting; verdict: Verdict; first: Revision }[] = [];
    const events: Sealed[] = [];
    const { mirror, sealer } = this.context;
    const recordedAt = sealer.now(mirror.file.knownAt);
    let bytes = 0;
    let isRefusing = false;
    for (const waiting of this.queue) {
      const hasRoom =
        events.length + waiting.events.length <= MAX_EVENTS_PER_APPEND && bytes + waiting.bytes <= MAX_BYTES_PER_APPEND;
      if (!hasRoom) break;
      const verdict = decide(waiting.proposal, base);
      decided.push({ waiting, verdict, first: base.head + 1 });
      isRefusing ||= typeof verdict === 'object';
      if (verdict !== 'append') continue;
      bytes += waiting.bytes;
      for (const event of waiting.events) {
        events.push(sealer.seal(this.stream, base.head + 1, event, waiting.writer.principal, recordedAt));
        const { principal } = waiting.writer;
        base.accept({ ...event.proposed, revision: base.head + 1, principal });
      }
    }
    return { decided, events, base: start, isRefusing };
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
      this.isAhead = true;
      if (this.context.isClosing() || this.context.mirror.stopped) return { kind: 'unknown', reason: outcome.reason };
      await sleep(pauseMs);
    }
  }

  /** False when it has to be decided again. */
  private async settle(round: Round, outcome: Exclude<AppendOutcome, { kind: 'conflict' }>): Promise<boolean> {
    const { decided, events, base } = round;
    const waited = new Set(decided.map(({ waiting }) => waiting));
    const leave = () => (this.queue = this.queue.filter((waiting) => !waited.has(waiting)));
    const rejectAll = (error: EventLogError) => {
      leave();
      for (const { waiting } of decided) waiting.reject(error);
      return true;
    };
    if (outcome.kind !== 'stored') {
      const { reason } = outcome;
      return rejectAll(outcome.kind === 'unknown' ? new OutcomeUnknown({ reason }) : new RecordAway({ reason }));
    }
    const { mirror } = this.context;
    const last = this.lastNeeded(round);
    this.isAhead = !(await mirror.reaches(this.stream, last, MIRROR_MS));
    if (this.isAhead) return rejectAll(new OutcomeUnknown({ reason: 'it is not yet read back from the record' }));
    // The server takes known ids for a repetition without comparing: what is there must be what was sent.
    const isOurs = events.every(({ seal }, i) => {
      const stored = mirror.file.sealAt(this.stream, base + 1 + i);
      return stored !== undefined && seal.equals(stored);
    });
    if (!isOurs) return false;
    leave();
    for (const { waiting, verdict } of decided) {
      if (typeof verdict === 'object') waiting.reject(toError(verdict));
      else waiting.resolve(waiting.events.map((event) => this.result(event.proposed.id, verdict === 'repeat')));
    }
    return true;
  }

  /** The last revision that answers speak of: of the group, or of repeated events that only the tail showed. */
  private lastNeeded({ decided, events, base }: Round): Revision {
    const isRepeating = decided.some(({ verdict }) => verdict === 'repeat');
    return events.length > 0 || isRepeating ? base + events.length : -1;
  }

  private result(id: string, repeated: boolean): AppendedEvent {
    return { ...this.context.mirror.file.original(this.stream, id), repeated };
  }

  private async readTail(): Promise<LaterEvent[]> {
    const { mirror, record } = this.context;
    if (mirror.stopped) throw mirror.stopped;
    const events = await record.readStream(this.stream, mirror.file.stream(this.stream).head + 1);
    return events.map((event) => laterEvent(openEnvelope(event)));
  }
}
