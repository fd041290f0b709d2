/**
 * Starts `work` for each item as it arrives and yields the results in the order of the items, each as soon
 * as it and those before it are there: a client that sends one line and waits gets its answer. At most
 * `maxInFlight` results are outstanding or unread; past that the source is not read.
 */
export async function* inOrder<T>(
  source: AsyncIterable<readonly T[]>,
  work: (item: T, index: number) => Promise<string>,
  maxInFlight: number,
): AsyncGenerator<string> {
  const queue = new Queue(maxInFlight);
  const reading = readAll(source, work, queue);
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
  queue: Queue,
): Promise<void> {
  let index = 0;
  try {
    for await (const batch of source) {
      for (const item of batch) queue.put(work(item, index++));
      await queue.room();
      if (queue.abandoned) return;
    }
  } finally {
    queue.end();
  }
}

interface Slot {
  text: string | undefined;
  readonly done: Promise<void>;
}

class Queue {
  abandoned = false;
  #slots: Slot[] = [];
  #ended = false;
  #wake: (() => void) | undefined;
  #drained: (() => void) | undefined;

  constructor(private readonly maxInFlight: number) {}

  put(work: Promise<string>): void {
    const slot: Slot = { text: undefined, done: work.then((text) => void (slot.text = text)) };
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
    while (this.#slots.length >= this.maxInFlight && !this.abandoned)
      await new Promise<void>((resolve) => (this.#drained = resolve));
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
    const texts = this.#slots.splice(0, ready).map(({ text }) => text);
    this.#drained?.();
    return texts.join('');
  }
}
