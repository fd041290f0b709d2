import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Problem, retryAfter, type ProblemType } from '../http/problem';
import type { Reply, ReadRequest, WorkerSettings } from './read-request';

/** Reads under way or waiting; past that a caller is told to come back, so that reads cannot pile up in memory. */
const MAX_WAITING = 256;

interface Waiting {
  resolve(body: string): void;
  reject(error: Error): void;
}

/**
 * Everything that is read is computed off the main thread, so that no view, however long, stalls an append.
 * The worker answers in order with finished JSON texts; an answer reflects at least the log's head at the
 * time of asking.
 */
export class ViewEngine {
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #closed = false;

  private constructor(private readonly worker: Worker) {
    worker.on('message', (reply: Reply) => this.#settle(reply));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', () => this.#fail(new Error('the view worker ended')));
  }

  static async start(settings: WorkerSettings): Promise<ViewEngine> {
    const worker = new Worker(join(__dirname, 'view.worker.js'), { workerData: settings });
    const engine = new ViewEngine(worker);
    await engine.ask({ kind: 'ready' });
    return engine;
  }

  ask(request: ReadRequest): Promise<string> {
    if (this.#closed) return Promise.reject(new Problem('draining', 'The server is shutting down.', {}, retryAfter(1)));
    if (this.#waiting.size >= MAX_WAITING)
      return Promise.reject(new Problem('busy', `${MAX_WAITING} reads are under way.`, {}, retryAfter(1)));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, request });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.worker.removeAllListeners('exit');
    this.worker.postMessage({ id: -1, request: { kind: 'stop' } });
    await new Promise((resolve) => this.worker.once('exit', resolve));
    this.#fail(new Error('closed'));
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (!waiting) return;
    if ('body' in reply) waiting.resolve(reply.body);
    else if (reply.problem)
      waiting.reject(new Problem(reply.problem.type as ProblemType, reply.problem.detail, reply.problem.extra));
    else waiting.reject(new Error(reply.failure));
  }

  #fail(error: Error): void {
    this.#closed = true;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
