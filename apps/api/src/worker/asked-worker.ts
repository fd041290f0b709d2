import { Worker } from 'node:worker_threads';
import { Logger } from '@nestjs/common';
import { Problem, retryAfter } from '../http/problem';
import type { Failed } from './worker-reply';

export interface WorkerOptions<Unasked> {
  /**
   * The worker's script. It takes `{id, request}`, answers `ready` when it can, and ends when it is asked to `stop`.
   */
  readonly script: string;
  readonly workerData: unknown;
  /** As a subject in the plural: "views" are starting again. */
  readonly name: string;
  /** A worker that was asked to stop is terminated after this time. */
  readonly stopMs: number;
  /** Time between the unexpected end of a worker and the start of the next. */
  readonly respawnMs?: number;
  /** What the worker says without having been asked. */
  readonly onUnasked?: (message: Unasked) => void;
}

/** Questions under way or waiting at most; past that, callers are told to come back, so that memory is bounded. */
const MAX_WAITING = 256;
const RESPAWN_MS = 1_000;

/**
 * A thread that answers questions, seen from the thread that asks. A worker that dies takes its questions with it (they
 * get 503) and is replaced: what it holds must be no more than caches.
 */
export class AskedWorker<Request, Answer extends { readonly id: number }, Unasked = never> {
  readonly #waiting = new Map<number, PromiseWithResolvers<Answer>>();
  readonly #logger: Logger;
  #worker: Worker;
  #nextId = 0;
  #ending = false;
  #down = false;
  #isBegun = false;

  constructor(private readonly options: WorkerOptions<Unasked>) {
    this.#logger = new Logger(options.name);
    this.#worker = this.#spawn();
  }

  /** Resolves with the answer to `ready`. If the worker fails first, rejects with that failure and starts no other. */
  async begin(): Promise<Answer> {
    const died = new Promise<never>((_resolve, reject) => this.#worker.once('error', reject));
    try {
      const answer = await Promise.race([this.ask({ kind: 'ready' }), died]);
      this.#isBegun = true;
      return answer;
    } catch (error) {
      await this.abandon();
      throw error;
    }
  }

  async ask(request: Request | { readonly kind: 'ready' }): Promise<Answer> {
    const { name } = this.options;
    if (this.#ending) throw new Problem('draining', 'The server is shutting down.', {}, retryAfter(1));
    if (this.#down) throw this.#startingAgain();
    if (this.#waiting.size >= MAX_WAITING)
      throw new Problem('busy', `${MAX_WAITING} questions to the ${name} wait.`, {}, retryAfter(1));
    const id = this.#nextId++;
    this.#worker.postMessage({ id, request });
    const waiting = Promise.withResolvers<Answer>();
    this.#waiting.set(id, waiting);
    return waiting.promise;
  }

  /** Resolves when the worker has ended, by itself or, past `stopMs`, where it was. */
  async close(): Promise<void> {
    this.#ending = true;
    if (this.#down) return;
    // Not `once` of node:events, which rejects when the worker fails while ending: that is only logged.
    const exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#worker.postMessage({ id: -1, request: { kind: 'stop' } });
    using _impatience = setTimeout(() => void this.#worker.terminate(), this.options.stopMs);
    await exited;
  }

  /** Ends the worker at once, and for good. */
  async abandon(): Promise<void> {
    this.#ending = true;
    await this.#worker.terminate();
  }

  #spawn(): Worker {
    const { script, workerData, onUnasked } = this.options;
    this.#down = false;
    const worker = new Worker(script, { workerData });
    worker.on('message', (message: Answer | Failed | Unasked) => {
      if (isAnswer(message)) this.#settle(message as Answer | Failed);
      else onUnasked?.(message as Unasked);
    });
    // Earlier failures reject `begin`.
    worker.on('error', (error: Error) => this.#isBegun && this.#logger.error(error.stack));
    worker.on('exit', () => this.#lose());
    return worker;
  }

  #lose(): void {
    this.#down = true;
    for (const waiting of this.#waiting.values()) waiting.reject(this.#startingAgain());
    this.#waiting.clear();
    const { respawnMs = RESPAWN_MS } = this.options;
    if (!this.#ending) setTimeout(() => this.#ending || (this.#worker = this.#spawn()), respawnMs).unref();
  }

  #settle(reply: Answer | Failed): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (!waiting) return;
    if (!('failure' in reply)) waiting.resolve(reply);
    else waiting.reject(errorOf(reply));
  }

  #startingAgain(): Problem {
    return new Problem('busy', `The ${this.options.name} are starting again.`, {}, retryAfter(2));
  }
}

const isAnswer = (message: unknown): boolean => typeof (message as { readonly id?: unknown }).id === 'number';

const errorOf = ({ problem, failure }: Failed): Error =>
  problem ? new Problem(problem.type, problem.detail, problem.extra, problem.headers) : new Error(failure);
