import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { Problem } from '../http/problem';
import { AskedWorker } from '../worker/asked-worker';
import type {
  BundleRequest,
  Fault,
  NotaryAnswer,
  NotaryRequest,
  NotarySettings,
  NotaryWarning,
} from './notary-request';

/** To sign what came last and to close its files. */
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
  readonly #logger = new Logger('audit');
  readonly #worker: AskedWorker<NotaryRequest, NotaryAnswer, NotaryWarning>;
  #onFault: ((why: Problem) => void) | undefined;

  private constructor(settings: NotarySettings) {
    this.#worker = new AskedWorker({
      script: join(__dirname, 'notary.worker.js'),
      workerData: settings,
      name: 'proofs',
      stopMs: STOP_MS,
      onUnasked: ({ fault }) => this.#stopServing(fault),
    });
  }

  /** Resolves when the record was checked against its heads. @throws FaultyRecord */
  static async start(settings: NotarySettings): Promise<NotaryEngine> {
    const engine = new NotaryEngine(settings);
    try {
      engine.epoch = Number((await engine.#worker.begin()).body);
    } catch (error) {
      // Found when it was opened; or by its first look at the record, before it had said that it is ready.
      const fault = (error as { readonly fault?: Fault }).fault ?? engine.fault;
      throw fault ? new FaultyRecord(fault) : error;
    }
    return engine;
  }

  /** Called once, when something stored was found to be wrong: what is being served is to end. */
  onFault(end: (why: Problem) => void): void {
    this.#onFault = end;
    if (this.fault) end(whyNotServed(this.fault));
  }

  async ask(request: NotaryRequest): Promise<string> {
    try {
      return (await this.#worker.ask(request)).body;
    } catch (error) {
      throw this.fault ? whyNotServed(this.fault) : error;
    }
  }

  /** The text of a bundle, in pieces made as they are asked for; one that is left in the middle is forgotten. */
  async *bundle(request: BundleRequest): AsyncGenerator<string> {
    // Not before somebody asks for the first piece: who has left by then opens nothing that nobody would end.
    const bundle = Number(await this.ask({ kind: 'bundle', ...request }));
    try {
      for (;;) {
        const text = await this.ask({ kind: 'lines', bundle });
        if (text === '') return;
        yield text;
      }
    } finally {
      await this.ask({ kind: 'drop', bundle }).catch(() => undefined);
    }
  }

  close(): Promise<void> {
    return this.#worker.close();
  }

  #stopServing(fault: Fault): void {
    if (this.fault) return;
    this.fault = fault;
    this.#logger.error(`${fault.message}; nothing more is served`);
    this.#onFault?.(whyNotServed(fault));
    void this.#worker.abandon();
  }
}

export const whyNotServed = ({ kind, message, position, to }: Fault): Problem =>
  new Problem(kind === 'split-view' ? kind : 'record-altered', message, {
    ...(position !== undefined && { position, to }),
  });
