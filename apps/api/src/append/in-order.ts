/**
 * Starts `work` for each item as it arrives, and yields the results in the order of the items: each as soon as it and
 * all before it are ready, together with any ready ones behind it, so that a client that sends one line and waits gets
 * its answer. While the items outstanding or unread cost `maxCost` or more, no further one is started.
 */
export async function* inOrder<T, R>(
  source: AsyncIterable<T>,
  work: (item: T) => Promise<R>,
  cost: (item: T) => number,
  maxCost: number,
): AsyncGenerator<R[]> {
  const queue = new Queue<R>(maxCost);
  const reading = readAll(source, work, cost, queue);
  reading.catch(() => undefined); // Awaited below; until then its failure is not unhandled.
  try {
    for (;;) {
      const results = await queue.take();
      if (results === undefined) break;
      yield results;
    }
    await reading;
  } finally {
    queue.abandon();
  }
}

async function readAll<T, R>(
  source: AsyncIterable<T>,
  work: (item: T) => Promise<R>,
  cost: (item: T) => number,
  queue: Queue<R>,
): Promise<void> {
  try {
    for await (const item of source) {
      queue.put(work(item), cost(item));
      if (queue.isFull) await queue.room();
      if (queue.abandoned) return;
    }
  } finally {
    queue.end();
  }
}

class Slot<R> {
  state: 'open' | 'done' | 'failed' = 'open';
  result: R | undefined;
  failure: unknown;

  constructor(readonly cost: number) {}
}

class Queue<R> {
  abandoned = false;
  #slots: Slot<R>[] = [];
  #ended = false;
  #wake: (() => void) | undefined;
  #drained: (() => void) | undefined;

  #cost = 0;

  constructor(private readonly maxCost: number) {}

  get isFull(): boolean {
    return this.#cost >= this.maxCost;
  }

  put(work: Promise<R>, cost: number): void {
    this.#cost += cost;
    const slot = new Slot<R>(cost);
    this.#slots.push(slot);
    work.then(
      (result) => {
        slot.result = result;
        this.#settle(slot, 'done');
      },
      (failure: unknown) => {
        slot.failure = failure;
        this.#settle(slot, 'failed');
      },
    );
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  abandon(): void {
    this.abandoned = true;
    this.#drained?.();
  }

  async room(): Promise<void> {
    while (this.isFull && !this.abandoned) await new Promise<void>((resolve) => (this.#drained = resolve));
  }

  /** Everything that is ready at the front; waits for at least one; undefined at the end. */
  async take(): Promise<R[] | undefined> {
    while (this.#slots.length === 0 || this.#slots[0]!.state === 'open') {
      if (this.#ended && this.#slots.length === 0) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (this.#slots[0]!.state === 'failed') throw this.#slots[0]!.failure;
    const open = this.#slots.findIndex(({ state }) => state !== 'done');
    const taken = this.#slots.splice(0, open === -1 ? this.#slots.length : open);
    for (const { cost } of taken) this.#cost -= cost;
    this.#drained?.();
    return taken.map(({ result }) => result as R);
  }

  #settle(slot: Slot<R>, state: 'done' | 'failed'): void {
    slot.state = state;
    if (slot === this.#slots[0]) this.#wake?.();
  }
}
