import { hash } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Logger } from '@nestjs/common';
import type { RedRead, RedReads } from '../access/red-reads';
import { Problem, retryAfter } from '../http/problem';
import { askedBy } from './red-in';
import type { Answered, Reply, ReadRequest, WorkerSettings } from './read-request';

/** Reads under way or waiting; past that a caller is told to come back, so that reads cannot pile up in memory. */
const MAX_WAITING = 256;

interface Waiting {
  readonly request: ReadRequest;
  resolve(body: string): void;
  reject(error: Error): void;
}

/** Between the end of a worker that was not asked to end and the start of the next. */
const RESPAWN_MS = 1000;
const STOP_MS = 1000;

/**
 * Everything that is read is computed off the main thread, so that no view, however long, stalls an append.
 * The worker answers with finished JSON texts; an answer reflects at least the log's head at the time of
 * asking. A worker that dies takes its questions with it (they get 503) and is replaced: it holds caches only.
 */
export class ViewEngine {
  readonly #waiting = new Map<number, Waiting>();
  readonly #logger = new Logger('views');
  #worker: Worker;
  #nextId = 0;
  #closed = false;
  #down = false;

  private constructor(
    private readonly settings: WorkerSettings,
    private readonly redReads: RedReads,
  ) {
    this.#worker = this.#spawn();
  }

  static async start(settings: WorkerSettings, redReads: RedReads): Promise<ViewEngine> {
    const engine = new ViewEngine(settings, redReads);
    await engine.ask({ kind: 'ready' });
    return engine;
  }

  ask(request: ReadRequest): Promise<string> {
    if (this.#closed) return Promise.reject(new Problem('draining', 'The server is shutting down.', {}, retryAfter(1)));
    if (this.#down) return Promise.reject(startingAgain());
    if (this.#waiting.size >= MAX_WAITING)
      return Promise.reject(new Problem('busy', `${MAX_WAITING} reads are under way.`, {}, retryAfter(1)));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { request, resolve, reject });
      this.#worker.postMessage({ id, request });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#down) return;
    const exited = once(this.#worker, 'exit');
    this.#worker.postMessage({ id: -1, request: { kind: 'stop' } });
    // One that computes for longer is ended where it is: its store survives that.
    const impatience = setTimeout(() => void this.#worker.terminate(), STOP_MS);
    await exited;
    clearTimeout(impatience);
  }

  #spawn(): Worker {
    this.#down = false;
    const worker = new Worker(join(__dirname, 'view.worker.js'), { workerData: this.settings });
    worker.on('message', (reply: Reply) => this.#settle(reply));
    worker.on('error', (error: Error) => this.#logger.error(error.stack));
    worker.on('exit', () => this.#lose());
    return worker;
  }

  #lose(): void {
    this.#down = true;
    for (const waiting of this.#waiting.values()) waiting.reject(startingAgain());
    this.#waiting.clear();
    if (!this.#closed) setTimeout(() => this.#closed || (this.#worker = this.#spawn()), RESPAWN_MS).unref();
  }

  /** What is RED leaves here only when it is on record who asked for it: no route can forget to. */
  #answer(waiting: Waiting, reply: Answered): void {
    if (reply.red === undefined || !this.redReads.isOf(askedBy(waiting.request).reader!.name))
      return waiting.resolve(reply.body);
    this.redReads.record(recordOf(waiting, reply)).then(
      () => waiting.resolve(reply.body),
      (error: Error) => waiting.reject(error),
    );
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (!waiting) return;
    if ('body' in reply) this.#answer(waiting, reply);
    else if (reply.problem)
      waiting.reject(new Problem(reply.problem.type, reply.problem.detail, reply.problem.extra, reply.problem.headers));
    else waiting.reject(new Error(reply.failure));
  }
}

function recordOf({ request }: Waiting, { body, red = [] }: Answered): RedRead {
  const { reader: _reader, ...question } = request as ReadRequest & { readonly reader?: unknown };
  return { who: askedBy(request).reader!.name, question, crises: red, digest: hash('sha256', body, 'base64url') };
}

const startingAgain = (): Problem => new Problem('busy', 'The views are starting again.', {}, retryAfter(2));
