/**
 * Starts `work` for each item as it arrives and yields the results in the order of the items, each as soon
 * as it and those before it are there: a client that sends one line and waits gets its answer. At most
 * once the items outstanding or unread cost `maxCost` together, no further one is started.
 */
export async function* inOrder<T>(
  source: AsyncIterable<readonly T[]>,
  work: (item: T, index: number) => Promise<string>,
  cost: (item: T) => number,
  maxCost: number,
): AsyncGenerator<string> {
  const queue = new Queue(maxCost);
  const reading = readAll(source, work, cost, queue);
  reading.catch(() => undefined); // Awaited below; until then its failure is not unhandled.
  try {
    for (;;) {
      const text = await queue.take();
      if (text === undefined) break;
      yield text;
    }
    await reading;
  } finally {
    queue.abandon();
  }
}

async function readAll<T>(
  source: AsyncIterable<readonly T[]>,
  work: (item: T, index: number) => Promise<string>,
  cost: (item: T) => number,
  queue: Queue,
): Promise<void> {
  let index = 0;
  try {
    for await (const batch of source) {
      for (const item of batch) {
        queue.put(work(item, index++), cost(item));
        if (queue.isFull) await queue.room();
        if (queue.abandoned) return;
      }
    }
  } finally {
    queue.end();
  }
}

interface Slot {
  text: string | undefined;
  readonly cost: number;
  readonly done: Promise<void>;
}

class Queue {
  abandoned = false;
  #slots: Slot[] = [];
  #ended = false;
  #wake: (() => void) | undefined;
  #drained: (() => void) | undefined;

  #cost = 0;

  constructor(private readonly maxCost: number) {}

  get isFull(): boolean {
    return this.#cost >= this.maxCost;
  }

  put(work: Promise<string>, cost: number): void {
    this.#cost += cost;
    const slot: Slot = { text: undefined, cost, done: work.then((text) => void (slot.text = text)) };
    slot.done.catch(() => undefined); // Thrown by `take` in its turn; until then it is not unhandled.
    this.#slots.push(slot);
    this.#wake?.();
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

  /** Everything that is ready at the front, joined; waits for at least one; undefined at the end. */
  async take(): Promise<string | undefined> {
    while (this.#slots.length === 0) {
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    await this.#slots[0]!.done;
    let ready = 0;
    while (ready < this.#slots.length && this.#slots[ready]!.text !== undefined) ready++;
    const taken = this.#slots.splice(0, ready);
    for (const { cost } of taken) this.#cost -= cost;
    this.#drained?.();
    return taken.map(({ text }) => text).join('');
  }
}
