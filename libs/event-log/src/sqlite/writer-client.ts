import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { checkAppend, checkEach } from '../check-append';
import type { DividedElement } from '../element';
import { EventLogError, type Failure, LogClosed, OutcomeUnknown, toError, WriterBusy, WritingStopped } from '../errors';
import type { ConsumerAppend } from '../consumer-record';
import type { AppendedEvent, AppendRequest, Outcome, Position } from '../event-log';
import { type EventOutcome, pack, packBytes, WireAppend, WireEntries, WireGroup, WireOutcome, WireReply } from './wire';
import type { Opening, WriterOptions } from './writer-thread';

/**
 * At most this much is sent to the thread at once, hence in one transaction, which then commits in tens of
 * milliseconds.
 */
const GROUP_EVENTS = 2_000;
const GROUP_BYTES = 4 * 1024 * 1024;
/** This many are sent before the end of the turn: the thread works on them while this one reads the next requests. */
const BURST = 16;
/** At most this much may wait: clients without an answer must not be able to fill the memory. */
const QUEUE_BYTES = 64 * 1024 * 1024;
/** Between attempts to write again after a failure, while nobody appends. */
const PROBE_MS = 1_000;

/** What is needed to answer an append. Not the request: what waits in large numbers must be small. */
interface Pending {
  readonly ids: readonly string[];
  readonly bytes: number;
  readonly resolve: (result: readonly Outcome[] | boolean) => void;
  readonly reject: (error: Error) => void;
}

interface Waiting {
  readonly pending: Pending;
  readonly wire: WireAppend | WireEntries;
  readonly elements: readonly DividedElement[];
}

/**
 * The owner's end of the writer thread. Group commit without a timer: what arrives there while a transaction runs makes
 * the next one, so a lone client waits for nobody and many share one flush of the disk.
 */
export class WriterClient {
  private queue: Waiting[] = [];
  /** Sent, in order; the thread answers in order. */
  private inFlight: Pending[] = [];
  private waitingBytes = 0;
  private inFlightEvents = 0;
  private inFlightBytes = 0;
  private isScheduled = false;
  private readonly whenIdle: (() => void)[] = [];
  /** A group without appends is with the thread, to try the disk. */
  private isProbing = false;
  private ended: Error | undefined;
  private probe: NodeJS.Timeout | undefined;
  /** Why the last group could not be written; undefined while all is well. */
  trouble: string | undefined;
  private readonly gone: Promise<void>;

  private constructor(
    private readonly worker: Worker,
    private readonly clock: () => number,
    private readonly onHead: (head: Position) => void,
  ) {
    worker.on('message', (reply: WireReply) => this.settle(reply));
    worker.on('error', (error: Error) => this.die(error.message));
    this.gone = new Promise((resolve) => worker.once('exit', () => resolve(this.die('the writer thread has ended'))));
  }

  static async start(
    options: Omit<WriterOptions, 'now'>,
    clock: () => number,
    onHead: (head: Position) => void,
  ): Promise<WriterClient> {
    const worker = new Worker(join(__dirname, 'writer-thread.js'), { workerData: { ...options, now: clock() } });
    const opening = await new Promise<Opening>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    if ('opened' in opening) return new WriterClient(worker, clock, onHead);
    await worker.terminate();
    throw 'failure' in opening ? toError(opening.failure) : opening.error;
  }

  // No async functions: they would keep the request until the answer, and thousands are outstanding.

  append(request: AppendRequest): Promise<readonly AppendedEvent[]> {
    return this.submit(request, () => checkAppend(request)) as Promise<readonly AppendedEvent[]>;
  }

  appendEach(request: AppendRequest): Promise<readonly Outcome[]> {
    const refused = new Map<number, EventLogError>();
    const appended = this.submit(request, () => checkEach(request, refused), refused);
    if (refused.size === 0) return appended;
    const count = request.events.length;
    return appended.then((outcomes) => {
      const rest = outcomes[Symbol.iterator]();
      return Array.from({ length: count }, (_, i) => refused.get(i) ?? rest.next().value!);
    });
  }

  /** With places of events that are refused already, every other event is an append of its own. */
  private submit(
    request: AppendRequest,
    check: () => readonly DividedElement[],
    refused?: ReadonlyMap<number, EventLogError>,
  ): Promise<readonly Outcome[]> {
    return new Promise((resolve, reject) => {
      if (this.ended !== undefined) throw this.ended;
      const elements = check();
      if (elements.length === 0) return resolve([]);
      const events = refused?.size ? request.events.filter((_event, i) => !refused.has(i)) : request.events;
      const bytes = elements.reduce((sum, element) => sum + element.bytes.length, 0);
      const ids = events.map(({ id }) => id);
      const wire = pack({ ...request, events }, elements, refused !== undefined);
      this.accept({ pending: { ids, bytes, resolve: resolve as Pending['resolve'], reject }, wire, elements });
    });
  }

  /** In the same transaction as the events that wait: a consumer costs no commit of its own while there are appends. */
  appendEntries({ stream, entries, last }: ConsumerAppend): Promise<boolean> {
    return new Promise((resolve, reject) => {
      if (this.ended !== undefined) throw this.ended;
      const texts = entries.map((entry) => JSON.stringify(entry));
      const bytes = texts.reduce((sum, text) => sum + text.length, 0);
      const pending = { ids: [], bytes, resolve: resolve as Pending['resolve'], reject };
      this.accept({ pending, wire: { stream, last, texts }, elements: [] });
    });
  }

  private accept(waiting: Waiting): void {
    const { bytes } = waiting.pending;
    if (this.waitingBytes + bytes > QUEUE_BYTES) throw new WriterBusy({ queuedBytes: this.waitingBytes });
    this.waitingBytes += bytes;
    this.queue.push(waiting);
    this.schedule();
  }

  /** Takes nothing more; resolves when everything accepted has its answer. */
  async drain(): Promise<void> {
    this.ended ??= new LogClosed({ reason: 'by its owner' });
    while (this.isBusy) {
      await Promise.race([this.gone, new Promise<void>((resolve) => this.whenIdle.push(resolve))]);
    }
  }

  /** Closes the file and ends the thread. */
  async end(): Promise<void> {
    this.worker.postMessage(null);
    await this.gone;
  }

  /** At the end of the turn, so that appends made together are written together. */
  private schedule(): void {
    if (this.queue.length >= BURST) return this.send();
    if (this.isScheduled) return;
    this.isScheduled = true;
    queueMicrotask(() => {
      this.isScheduled = false;
      this.send();
    });
  }

  get isAppending(): boolean {
    return this.inFlight.length > 0 || this.queue.length > 0;
  }

  private get isBusy(): boolean {
    return this.isProbing || this.isAppending;
  }

  private send(): void {
    let count = 0;
    for (; count < this.queue.length && this.hasRoomFor(this.queue[count]!.pending); count++) {
      const { pending } = this.queue[count]!;
      this.inFlightEvents += pending.ids.length;
      this.inFlightBytes += pending.bytes;
      this.inFlight.push(pending);
    }
    if (count === 0) return;
    const sent = this.queue.splice(0, count);
    this.post(
      sent.map(({ wire }) => wire),
      sent.flatMap(({ elements }) => elements),
    );
  }

  private post(appends: WireGroup['appends'], elements: readonly DividedElement[]): void {
    const bytes = packBytes(elements);
    const group: WireGroup = { now: this.clock(), appends, bytes };
    this.worker.postMessage(group, [bytes.buffer]);
  }

  private hasRoomFor({ ids, bytes }: Pending): boolean {
    if (this.inFlightEvents === 0) return true;
    return this.inFlightEvents + ids.length <= GROUP_EVENTS && this.inFlightBytes + bytes <= GROUP_BYTES;
  }

  private settle({ outcomes, firstPosition, recordedAt, trouble }: WireReply): void {
    const settled = this.inFlight.splice(0, outcomes.length);
    for (const { ids, bytes } of settled) {
      this.inFlightEvents -= ids.length;
      this.inFlightBytes -= bytes;
      this.waitingBytes -= bytes;
    }
    this.isProbing = false;
    this.send();
    if (!this.isBusy) for (const idle of this.whenIdle.splice(0)) idle();

    this.trouble = trouble;
    if (trouble !== undefined) this.probeLater();
    const stored = settled.reduce((sum, { ids }, i) => sum + storedOf(outcomes[i]!, ids.length), 0);
    // The head first: whoever learns that an append succeeded can read the event.
    this.onHead(firstPosition + stored - 1);
    let position = firstPosition;
    for (let i = 0; i < settled.length; i++) {
      const { ids, resolve, reject } = settled[i]!;
      const outcome = outcomes[i]!;
      if (isFailure(outcome)) reject(toError(outcome));
      else resolve(typeof outcome === 'boolean' ? outcome : unpack(outcome, ids, position, recordedAt));
      position += storedOf(outcome, ids.length);
    }
  }

  /**
   * Tries to write without an append, until that succeeds: a client that waits for the log to be ready before it sends
   * must not wait for ever.
   */
  private probeLater(): void {
    clearTimeout(this.probe);
    this.probe = setTimeout(() => {
      if (this.isBusy || this.ended !== undefined) return;
      this.isProbing = true;
      this.post([], []);
    }, PROBE_MS).unref();
  }

  private die(reason: string): void {
    clearTimeout(this.probe);
    this.ended ??= new WritingStopped({ reason: `${reason}; the log must be opened again` });
    for (const { reject } of this.inFlight) reject(new OutcomeUnknown({ reason }));
    for (const { pending } of this.queue) pending.reject(this.ended);
    this.inFlight = [];
    this.queue = [];
    this.isProbing = false;
  }
}

const isFailure = (outcome: WireOutcome | EventOutcome): outcome is Failure =>
  typeof outcome === 'object' && 'type' in outcome;

function storedOf(outcome: WireOutcome, events: number): number {
  if (typeof outcome === 'boolean') return 0;
  if (typeof outcome === 'number') return events;
  return isFailure(outcome) ? 0 : outcome.filter((each) => typeof each === 'number').length;
}

function unpack(
  outcome: Exclude<WireOutcome, Failure | boolean>,
  ids: readonly string[],
  firstPosition: Position,
  recordedAt: number,
): readonly Outcome[] {
  let position = firstPosition;
  return ids.map((id, i): Outcome => {
    const each = typeof outcome === 'number' ? outcome + i : outcome[i]!;
    if (typeof each === 'number') return { id, revision: each, position: position++, recordedAt, repeated: false };
    return isFailure(each) ? toError(each) : each;
  });
}
