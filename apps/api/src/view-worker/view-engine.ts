import { hash } from 'node:crypto';
import { join } from 'node:path';
import type { RedRead, RedReads } from '../access/red-reads';
import type { Problem } from '../http/problem';
import { AskedWorker } from '../worker/asked-worker';
import { askedBy } from './red-in';
import type { Reader } from '../access/caller';
import type { Answered, ReadRequest, WorkerSettings } from './read-request';

/** One that computes for longer is ended where it is: its store survives that. */
const STOP_MS = 1_000;

/**
 * What is read is computed off the main thread, so that no view, however long, stalls an append. (Not what live followers
 * are told, a few events at a time: `FreshEvents`.)
 * The worker answers with finished JSON texts; an answer reflects at least the log's head at the time of asking.
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

  /** What is RED leaves here only when it is on record who asked for it: no route can forget to. */
  async ask(request: ReadRequest): Promise<string> {
    if (this.#refusal && request.kind !== 'health') throw this.#refusal;
    const answered = await this.#worker.ask(request);
    const { reader } = askedBy(request);
    if (answered.red !== undefined && this.redReads.isOf(reader!.name))
      await this.redReads.record(recordOf(request, answered));
    return answered.body;
  }

  /** May nothing reach this reader but by asking? So it is where that goes on record, and once reading is refused. */
  mustBeAsked(reader: Reader): boolean {
    return this.#refusal !== undefined || this.isOnRecord(reader);
  }

  /** Does what is told to this reader go on record? */
  isOnRecord({ name, level }: Reader): boolean {
    return level === 'RED' && this.redReads.isOf(name);
  }

  /** From now on nothing is read, also of answers that are under way, page after page. */
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
