import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Logger } from '@nestjs/common';
import { Problem, retryAfter } from '../http/problem';
import type { BundleRequest, Fault, NotaryReply, NotaryRequest, NotarySettings } from './notary-request';

interface Waiting {
  resolve(body: string): void;
  reject(error: Error): void;
}

/** More proofs than these may not wait. */
const MAX_WAITING = 256;
const RESPAWN_MS = 1_000;
const STOP_MS = 5_000;

/** What is stored is not what was recorded: the server does not start, or stops to serve. */
export class FaultyRecord extends Error {
  constructor(readonly fault: Fault) {
    super(fault.message);
  }
}

/** The owner's end of the notary's thread, which keeps the tree, signs heads and answers with proofs. */
export class NotaryEngine {
  /** Set once, when something stored was found to be wrong. */
  fault: Fault | undefined;
  /** Raised by each restore with a loss: tokens of another epoch are of another log. */
  epoch = 0;
  readonly #waiting = new Map<number, Waiting>();
  readonly #logger = new Logger('audit');
  #worker: Worker;
  #nextId = 0;
  #closed = false;
  #down = false;

  private constructor(private readonly settings: NotarySettings) {
    this.#worker = this.#spawn();
  }

  /** Resolves when the record was checked against its heads. @throws FaultyRecord */
  static async start(settings: NotarySettings): Promise<NotaryEngine> {
    const engine = new NotaryEngine(settings);
    await new Promise<void>((resolve, reject) => {
      engine.#worker.on('message', (reply: NotaryReply) => {
        if ('ready' in reply) resolve();
        if ('fault' in reply) reject(new FaultyRecord(reply.fault));
      });
      engine.#worker.once('error', reject);
    });
    return engine;
  }

  ask(request: NotaryRequest): Promise<string> {
    if (this.#down || this.#closed) return Promise.reject(startingAgain());
    if (this.#waiting.size >= MAX_WAITING)
      return Promise.reject(new Problem('busy', `${MAX_WAITING} proofs are under way.`, {}, retryAfter(1)));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, request });
    });
  }

  /** The text of a bundle, in pieces made as they are asked for; one that is left in the middle is forgotten. */
  async bundle(request: BundleRequest): Promise<AsyncGenerator<string>> {
    const bundle = Number(await this.ask({ kind: 'bundle', ...request }));
    return this.#linesOf(bundle, await this.ask({ kind: 'lines', bundle }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#down) return;
    const exited = once(this.#worker, 'exit');
    this.#worker.postMessage({ id: -1, request: { kind: 'stop' } });
    const impatience = setTimeout(() => void this.#worker.terminate(), STOP_MS);
    await exited;
    clearTimeout(impatience);
  }

  async *#linesOf(bundle: number, first: string): AsyncGenerator<string> {
    try {
      for (let text = first; text !== ''; text = await this.ask({ kind: 'lines', bundle })) yield text;
    } finally {
      if (!this.#closed) await this.ask({ kind: 'drop', bundle }).catch(() => undefined);
    }
  }

  #spawn(): Worker {
    this.#down = false;
    const worker = new Worker(join(__dirname, 'notary.worker.js'), { workerData: this.settings });
    worker.on('message', (reply: NotaryReply) => this.#take(reply));
    worker.on('error', (error: Error) => this.fault ?? this.#logger.error(error.stack));
    worker.on('exit', () => this.#lose());
    return worker;
  }

  #lose(): void {
    this.#down = true;
    for (const waiting of this.#waiting.values()) waiting.reject(startingAgain());
    this.#waiting.clear();
    if (this.#closed || this.fault) return;
    setTimeout(() => this.#closed || (this.#worker = this.#spawn()), RESPAWN_MS).unref();
  }

  #take(reply: NotaryReply): void {
    if ('ready' in reply) this.epoch = reply.ready.epoch;
    else if ('fault' in reply) {
      this.fault ??= reply.fault;
      this.#logger.error(`${reply.fault.message}; nothing more is served`);
    } else this.#settle(reply);
  }

  #settle(reply: Extract<NotaryReply, { id: number }>): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (!waiting) return;
    if ('body' in reply) waiting.resolve(reply.body);
    else if (this.fault) waiting.reject(recordAltered(this.fault));
    else if (reply.problem)
      waiting.reject(new Problem(reply.problem.type, reply.problem.detail, reply.problem.extra, retryAfter(1)));
    else waiting.reject(new Error(reply.failure));
  }
}

export const recordAltered = ({ message, position, to }: Fault): Problem =>
  new Problem('record-altered', message, { ...(position !== undefined && { position, to }) });

const startingAgain = (): Problem => new Problem('busy', 'The notary is starting again.', {}, retryAfter(2));
