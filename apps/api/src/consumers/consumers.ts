import type { RecordLog } from '#event-log';
import type { FeedPlace } from '#projections';
import type { Feed } from '../feed/feed';
import type { FeedBatch } from '../feed/feed-batch';
import { feedQuery, type FeedQuery } from '../feed/feed-query';
import { MAX_LOOKING_MS } from '../feed/pull-feed';
import { Waiter } from '../feed/waiter';
import { Problem } from '../http/problem';
import { reach } from '../http/at-least';
import type { Reader } from '../access/caller';
import { Consumer } from './consumer';
import { nextDueAt, nextStep, overdue, roomFor, takenFrom } from './consumer-decisions';
import type { ConsumerDefinition, Lease } from './consumer-state';
import { Roster } from './roster';

/** Consumers whose state is kept in memory. */
const MAX_KNOWN = 1000;
/** How often a waiting worker looks whether another instance has released something. */
const LOOK_AGAIN_MS = 2_000;

/** What a worker is given. */
export interface Given {
  readonly crisis: string;
  readonly lease: Lease;
  readonly attempt: number;
  /** CloudEvents. */
  readonly items: readonly string[];
}

export interface Wanted {
  readonly limit: number;
  readonly leaseMs: number;
  readonly waitMs: number;
  /** Aborts when the worker has left. */
  readonly left: AbortSignal;
}

export interface ConsumersParts {
  readonly feed: Feed;
  readonly log: Pick<RecordLog, 'consumers' | 'waitFor'>;
  readonly clock: () => number;
  /**
   * A filter that finds nothing for so long ends the wait: how far it got is in the record, and the next one goes on.
   */
  readonly maxLookingMs?: number;
}

/** The named consumers of all principals, for clients that cannot keep a cursor. Their state is in the record. */
export class Consumers {
  readonly #known = new Map<string, Consumer>();

  constructor(private readonly parts: ConsumersParts) {}

  /** Each principal has names of its own. The consumer need not exist. */
  of(principal: string, name: string): Consumer {
    const stream = `crisislog-consumer-${principal}/${name}`;
    const consumer = this.#known.get(stream) ?? new Consumer(stream, this.parts.log.consumers);
    this.#known.delete(stream);
    this.#known.set(stream, consumer);
    if (this.#known.size > MAX_KNOWN) {
      const idle = [...this.#known].find(([, its]) => its !== consumer && its.isIdle);
      if (idle) this.#known.delete(idle[0]);
    }
    return consumer;
  }

  /** Before one is made. @throws Problem when the principal may have no more */
  enrol(principal: string, name: string): Promise<void> {
    return this.#roster(principal).add(name, async (other) => (await this.#definition(principal, other)) !== undefined);
  }

  /** Those of a principal, by name. */
  async all(principal: string): Promise<readonly (readonly [name: string, definition: ConsumerDefinition])[]> {
    const names = (await this.#roster(principal).names()).toSorted();
    const found = await Promise.all(
      names.map(async (name) => [name, await this.#definition(principal, name)] as const),
    );
    return found.flatMap(([name, definition]) => (definition ? [[name, definition] as const] : []));
  }

  #roster(principal: string): Roster {
    return new Roster(this.parts.log.consumers, principal);
  }

  #definition(principal: string, name: string): Promise<ConsumerDefinition | undefined> {
    const consumer = this.of(principal, name);
    return consumer.inTurn(async () => consumer.state.definition);
  }

  /** The next items for a worker, at once or within its patience. Undefined when there are none. */
  async next(consumer: Consumer, reader: Reader, wanted: Wanted): Promise<Given | undefined> {
    const { feed, clock, maxLookingMs = MAX_LOOKING_MS } = this.parts;
    const deadline = performance.now() + wanted.waitMs;
    const lookUntil = performance.now() + Math.max(wanted.waitMs, maxLookingMs);
    const waiter = new Waiter(wanted.left);
    const wake = (): void => waiter.wake();
    for (;;) {
      // Taken before looking, so that no change meanwhile is missed.
      const { changed } = consumer;
      const { given, end } = await consumer.inTurn(() => this.#take(consumer, reader, wanted, lookUntil));
      const left = Math.min(deadline - performance.now(), nextDueAt(consumer.state, clock()) - clock(), LOOK_AGAIN_MS);
      if (given || !end || deadline <= performance.now() || wanted.left.aborted || feed.isClosed) return given;
      if (changed.aborted) continue;
      // Removed again: a signal that lasts for days would keep every listener.
      changed.addEventListener('abort', wake);
      await feed.more(end.query, end.at, Math.max(0, left), waiter);
      changed.removeEventListener('abort', wake);
    }
  }

  /**
   * To be called in turn. With nothing to give, `end` is where in the feed the next item may come, if anywhere.
   */
  async #take(
    consumer: Consumer,
    reader: Reader,
    wanted: Wanted,
    lookUntil: number,
  ): Promise<{ readonly given?: Given; readonly end?: { readonly query: FeedQuery; readonly at: FeedPlace } }> {
    // A worker that left while it waited its turn would hold its items until the lease ends.
    while (!wanted.left.aborted) {
      const now = this.parts.clock();
      const definition = requireMade(consumer, reader);
      const { state } = consumer;
      const late = overdue(state, now);
      if (late) {
        await consumer.append(late);
        continue;
      }
      // An item that another instance has handed out must be here, or the feed would seem to have nothing.
      await reach(this.parts.log, state.at.position);
      const limit = roomFor(state, wanted.limit);
      const step = nextStep(state, now, limit);
      if (!step) return {};
      const query = queryOf(definition, reader, step.crisis);
      const part = await this.parts.feed.next(query, step.after, step.limit);
      const entry = takenFrom(state, step, part, { limit, expiresAt: now + wanted.leaseMs });
      if (!entry) return { end: { query, at: part.at } };
      if ((await consumer.append(entry)) && entry.type === 'Leased')
        return { given: given(consumer, entry.crisis, entry.lease, part) };
      if (performance.now() >= lookUntil) break;
    }
    return {};
  }
}

function given({ state }: Consumer, crisis: string, lease: Lease, part: FeedBatch): Given {
  const ids = new Set(lease.items.map(({ id }) => id));
  const attempt = lease.isReplay
    ? state.parked.find(({ id }) => ids.has(id))!.attempts
    : state.held.find((held) => held.crisis === crisis)!.tried!.attempts;
  return { crisis, lease, attempt, items: part.items.filter(({ id }) => ids.has(id)).map(({ json }) => json) };
}

/** @throws Problem when it is not there, or was made for another level than its reader has now */
export function requireMade({ state: { definition } }: Consumer, { level }: Reader): ConsumerDefinition {
  if (!definition) throw new Problem('consumer-not-found', 'You have no consumer of this name.');
  if (definition.level !== level)
    throw new Problem(
      'cursor-level-changed',
      `The consumer was made for the level ${definition.level}, and yours is ${level}: delete it, and make it again from that cursor.`,
    );
  return definition;
}

const queryOf = ({ type, actor, crisis }: ConsumerDefinition, reader: Reader, only: string | undefined): FeedQuery =>
  feedQuery({ type, actor }, reader, only ?? crisis);
