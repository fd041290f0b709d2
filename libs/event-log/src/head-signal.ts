import { LogClosed } from './errors';
import type { Position } from './event-log';

interface Waiter {
  readonly position: Position;
  resolve(reached: boolean): void;
  reject(error: Error): void;
}

/** The head of a log, to wait for. Holds one entry for each waiter, and no events, however slow a waiter is. */
export class HeadSignal {
  head: Position = -1;
  private readonly waiters = new Set<Waiter>();
  private readonly listeners = new Set<(head: Position) => void>();
  private ended: Error | undefined;

  advance(head: Position): void {
    if (head <= this.head) return;
    this.head = head;
    for (const waiter of this.waiters) if (waiter.position <= head) waiter.resolve(true);
    for (const listener of this.listeners) listener(head);
  }

  onAdvance(listener: (head: Position) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** True once the head is at the position or beyond; false if the signal aborts first. Rejects when the log ends. */
  async reaches(position: Position, signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted === true) return false;
    if (this.ended !== undefined) throw this.ended;
    if (position <= this.head) return true;
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const waiter: Waiter = { position, resolve, reject };
    const onAbort = () => resolve(false);
    this.waiters.add(waiter);
    signal?.addEventListener('abort', onAbort);
    try {
      return await promise;
    } finally {
      this.waiters.delete(waiter);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Nothing more will come: everyone who waits is told. */
  end(): void {
    this.ended = new LogClosed({ reason: 'by its owner' });
    for (const waiter of this.waiters) waiter.reject(this.ended);
  }
}
