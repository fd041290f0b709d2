import type { ConsumerRecord, Revision } from '#event-log';
import { Problem } from '../http/problem';

/** Of one principal. Bounded because each may hold a thousand items, and its state is written again and again. */
export const MAX_CONSUMERS = 50;

/**
 * The names of a principal's consumers: the last entry of a stream of its own. Removed ones may still be among them.
 */
export class Roster {
  readonly #stream: string;

  constructor(
    private readonly record: ConsumerRecord,
    principal: string,
  ) {
    this.#stream = `crisislog-consumers-${principal}`;
  }

  async names(): Promise<readonly string[]> {
    return (await this.#latest()).names;
  }

  /**
   * Durable when it resolves. To be called before the consumer is made, so that no consumer is missing from the roster.
   * @param isThere whether a consumer of that name still exists: names of removed ones are dropped when the roster is full
   * @throws Problem when the principal has as many consumers as it may
   */
  async add(name: string, isThere: (name: string) => Promise<boolean>): Promise<void> {
    for (;;) {
      const { names, last } = await this.#latest();
      if (names.includes(name)) return;
      const kept = names.length < MAX_CONSUMERS ? names : await those(names, isThere);
      if (kept.length >= MAX_CONSUMERS)
        throw new Problem('too-many-consumers', `You have ${MAX_CONSUMERS} consumers, and may have no more.`);
      const entry = { type: 'Named', names: [...kept, name] };
      if (await this.record.append({ stream: this.#stream, entries: [entry], last })) return;
    }
  }

  async #latest(): Promise<{ names: readonly string[]; last: Revision }> {
    const latest = (await this.record.readAfter(this.#stream, -1)).at(-1);
    if (!latest) return { names: [], last: -1 };
    return { names: (latest.entry as { names: readonly string[] }).names, last: latest.revision };
  }
}

async function those(names: readonly string[], hold: (name: string) => Promise<boolean>): Promise<string[]> {
  const held = await Promise.all(names.map(hold));
  return names.filter((_name, i) => held[i]);
}
