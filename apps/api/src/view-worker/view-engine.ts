import { hash } from 'node:crypto';
import { join } from 'node:path';
import type { RedRead, RedReads } from '../access/red-reads';
import type { Problem } from '../http/problem';
import { AskedWorker } from '../worker/asked-worker';
import { askedBy } from './red-in';
import type { Reader } from '../access/caller';
import type { Answered, ReadRequest, WorkerSettings } from './read-request';

/** A worker that is still computing after this is terminated: its store survives that. */
const STOP_MS = 1_000;

/**
 * What is read is computed off the main thread, so that no view, however long, stalls an append. (Not what live
 * followers are told, a few events at a time: `FreshEvents`.) The worker answers with finished JSON texts; an answer
 * reflects at least the log's head at the time of asking.
 */
export class ViewEngine {
  readonly #worker: AskedWorker<ReadRequest, Answered>;
  #refusal: Problem | undefined;

  private constructor(
    settings: WorkerSettings,
    private readonly redReads: RedReads,
  ) {
    const script = join(__dirname, 'view.worker.js');
    this.#worker = new AskedWorker({ script, workerData: settings, name: 'views', stopMs: STOP_MS });
  }

  static async start(settings: WorkerSettings, redReads: RedReads): Promise<ViewEngine> {
    const engine = new ViewEngine(settings, redReads);
    await engine.#worker.begin();
    return engine;
  }

  /** Resolves, when the answer may contain RED, only once it is logged who asked: no route can forget to. */
  async ask(request: ReadRequest): Promise<string> {
    if (this.#refusal && request.kind !== 'health') throw this.#refusal;
    const answered = await this.#worker.ask(request);
    const { reader } = askedBy(request);
    if (answered.red !== undefined && this.redReads.isOf(reader!.name))
      await this.redReads.record(recordOf(request, answered));
    return answered.body;
  }

  /**
   * Must everything for this reader come through `ask`? So when its reads are logged, and when nothing may be served.
   */
  mustBeAsked(reader: Reader): boolean {
    return this.#refusal !== undefined || this.isOnRecord(reader);
  }

  /** Are the reads of this reader logged? */
  isOnRecord({ name, level }: Reader): boolean {
    return level === 'RED' && this.redReads.isOf(name);
  }

  /** From now on every question is refused, also the next page of an answer that is under way. */
  refuse(why: Problem): void {
    this.#refusal = why;
  }

  close(): Promise<void> {
    return this.#worker.close();
  }
}

function recordOf(request: ReadRequest, { body, red = [] }: Answered): RedRead {
  const { reader: _reader, ...question } = request as ReadRequest & { readonly reader?: unknown };
  return { who: askedBy(request).reader!.name, question, crises: red, digest: hash('sha256', body, 'base64url') };
}
