import type { Position, ReadOptions, StoredEvent, SubscribeOptions } from './event-log';
import type { HeadSignal } from './head-signal';
import type { LogReader } from './sqlite/log-reader';

/** Events per page of a subscription: what a slow consumer keeps in memory. */
const PAGE_SIZE = 200;

/**
 * What both engines answer alike: everything is read from a file in the data folder, be it the record or its mirror.
 */
export abstract class LocalReads implements AsyncDisposable {
  protected constructor(
    /** For reads beyond the port. Other threads open their own with `openReader`. */
    readonly reader: LogReader,
    protected readonly signal: HeadSignal,
  ) {}

  abstract close(): Promise<void>;

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readStream(stream: string, options?: ReadOptions): Iterable<StoredEvent> {
    return this.reader.readStream(stream, options);
  }

  readAll(options?: ReadOptions): Iterable<StoredEvent> {
    return this.reader.readAll(options);
  }

  /** History first, then what is appended. */
  async *subscribeToAll({ after, signal }: SubscribeOptions): AsyncGenerator<StoredEvent, void> {
    for (let next = after + 1; await this.signal.reaches(next, signal);) {
      for (const event of this.reader.readAll({ from: next, maxCount: PAGE_SIZE })) {
        if (signal?.aborted === true) return;
        yield event;
        next = event.position + 1;
      }
    }
  }

  head(): Position {
    return this.signal.head;
  }

  /** Called with the new head after every transaction that stored something; the events can be read by then. */
  onAppended(listener: (head: Position) => void): () => void {
    return this.signal.onAdvance(listener);
  }

  /** True when the log reaches this position, now or within the time. */
  waitFor(position: Position, timeoutMs: number): Promise<boolean> {
    if (position <= this.head()) return Promise.resolve(true);
    return this.signal.reaches(position, AbortSignal.timeout(timeoutMs));
  }
}
