import { type ConsumerRecord, FULL_STATE, type Revision } from '#event-log';
import { applied, type ConsumerEntry, type ConsumerState, NO_CONSUMER } from './consumer-state';

/** Entries between two full states: well below what the record keeps, and the most that has to be read. */
const FULL_STATE_EVERY = 48;

/**
 * One named consumer as the record has it. Any instance may act on it; the one whose append comes second reads and
 * decides again.
 */
export class Consumer {
  #state = NO_CONSUMER;
  #last: Revision = -1;
  #turn: Promise<unknown> = Promise.resolve();
  #users = 0;
  #changed = new AbortController();

  constructor(
    private readonly stream: string,
    private readonly record: ConsumerRecord,
  ) {}

  get state(): ConsumerState {
    return this.#state;
  }

  /** Nobody uses it now, so it may be forgotten: the record has everything. */
  get isIdle(): boolean {
    return this.#users === 0;
  }

  /** Aborts with the next entry that this instance appends. */
  get changed(): AbortSignal {
    return this.#changed.signal;
  }

  /** Work on the latest state, one after the other. */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#turn;
    this.#users++;
    const mine = before.then(() => this.#refresh()).then(work);
    this.#turn = mine.catch(() => undefined);
    return mine.finally(() => this.#users--);
  }

  /**
   * Decides, in turn, on the latest state, and appends the entry: durable when it resolves. Undefined when there is
   * none.
   */
  decide(decision: (state: ConsumerState) => ConsumerEntry | undefined): Promise<ConsumerEntry | undefined> {
    return this.inTurn(async () => {
      for (;;) {
        const entry = decision(this.#state);
        if (!entry || (await this.append(entry))) return entry;
      }
    });
  }

  /**
   * To be called in turn only. False when another instance came first: the state has changed, and must be decided on
   * again.
   */
  async append(entry: ConsumerEntry): Promise<boolean> {
    const state = applied(this.#state, entry);
    const isFull = (this.#last + 2) % FULL_STATE_EVERY === 0;
    const entries: ConsumerEntry[] = isFull ? [entry, { type: FULL_STATE, state }] : [entry];
    if (!(await this.record.append({ stream: this.stream, entries, last: this.#last }))) {
      await this.#refresh();
      return false;
    }
    this.#state = state;
    this.#last += entries.length;
    this.#changed.abort();
    this.#changed = new AbortController();
    return true;
  }

  async #refresh(): Promise<void> {
    for (const { revision, entry } of await this.record.readAfter(this.stream, this.#last)) {
      const { type } = entry as ConsumerEntry;
      // Entries before a gap have been forgotten by the record: a full state follows.
      if (revision === this.#last + 1 || type === FULL_STATE) {
        this.#state = applied(this.#state, entry as ConsumerEntry);
        this.#last = revision;
      }
    }
  }
}
