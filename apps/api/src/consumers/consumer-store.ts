import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Logger } from '@nestjs/common';
import type { ConsumerAppend, Revision, SystemEntry } from '#event-log';
import { Problem, retryAfter } from '../http/problem';

export type StoreRequest =
  | { readonly kind: 'append'; readonly id: number; readonly append: ConsumerAppend }
  | { readonly kind: 'read'; readonly id: number; readonly stream: string; readonly after: Revision }
  | { readonly kind: 'stop' };

export type StoreReply =
  { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly failure: string };

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** The streams of consumers in the record, off the main thread. It is started by the first question: many servers have none. */
export class ConsumerStore {
  readonly #waiting = new Map<number, Waiting>();
  readonly #logger = new Logger('consumers');
  #worker: Worker | undefined;
  #nextId = 0;
  #closed = false;

  constructor(private readonly dataDir: string) {}

  /** Durable when it resolves with true; false when the stream has gone on since `last`. */
  append(append: ConsumerAppend): Promise<boolean> {
    return this.#ask<boolean>((id) => ({ kind: 'append', id, append }));
  }

  readAfter(stream: string, after: Revision): Promise<SystemEntry[]> {
    return this.#ask<SystemEntry[]>((id) => ({ kind: 'read', id, stream, after }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (!this.#worker) return;
    const exited = once(this.#worker, 'exit');
    this.#worker.postMessage({ kind: 'stop' });
    await exited;
  }

  #ask<Answer>(requestOf: (id: number) => StoreRequest): Promise<Answer> {
    if (this.#closed) return Promise.reject(new Problem('draining', 'The server is shutting down.', {}, retryAfter(1)));
    this.#worker ??= this.#start();
    const id = this.#nextId++;
    return new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker!.postMessage(requestOf(id));
    }) as Promise<Answer>;
  }

  #start(): Worker {
    const worker = new Worker(join(__dirname, 'consumer-store.worker.js'), { workerData: { dataDir: this.dataDir } });
    worker.on('message', (reply: StoreReply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if ('answer' in reply) return waiting?.resolve(reply.answer);
      this.#logger.error(reply.failure);
      waiting?.reject(notWritten());
    });
    worker.on('error', (error: Error) => this.#logger.error(error.stack));
    // What was asked of it may or may not be stored: whoever asks again reads first.
    worker.on('exit', () => {
      this.#worker = undefined;
      for (const waiting of this.#waiting.values()) waiting.reject(notWritten());
      this.#waiting.clear();
    });
    return worker;
  }
}

const notWritten = (): Problem =>
  new Problem('writing-stopped', 'What becomes of the consumer cannot be recorded.', {}, retryAfter(2));
