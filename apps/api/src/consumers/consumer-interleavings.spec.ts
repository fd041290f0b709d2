import * as fc from 'fast-check';
import { FEED_START, isBeyond } from '#projections';
import {
  acknowledge,
  type FeedPart,
  type FeedStep,
  nextStep,
  overdue,
  refuse,
  replay,
  takenFrom,
} from './consumer-decisions';
import { applied, type ConsumerEntry, type ConsumerState, NO_CONSUMER } from './consumer-state';

const CRISES = ['one', 'two', 'constructor'];
const LEASE_MS = 50;

interface Item {
  readonly id: string;
  readonly eventId: string;
  readonly crisis: string;
  readonly position: number;
  readonly index: number;
}

/** The feed, the consumer as the record has it, two workers, and what each item came to, told only by what they did. */
class World {
  readonly feed: Item[] = [];
  readonly hidden = new Set<string>();
  readonly done: string[] = [];
  readonly workers: ({ readonly lease: number; readonly items: readonly Item[] } | undefined)[] = [
    undefined,
    undefined,
  ];
  state: ConsumerState = NO_CONSUMER;
  record: string[] = [];
  now = 0;
  failure: string | undefined;

  constructor(maxAttempts: number) {
    this.append({ type: 'Made', definition: { level: 'RED', maxAttempts }, at: FEED_START });
  }

  append(entry: ConsumerEntry): void {
    this.record.push(JSON.stringify(entry));
    this.state = applied(this.state, entry);
  }

  /** Everything in memory is lost; what the record has is read again, from the last full state. */
  restart(): void {
    const full = this.record.findLastIndex((entry) => entry.startsWith('{"type":"State"'));
    const kept = this.record.slice(Math.max(0, full)).map((entry) => JSON.parse(entry) as ConsumerEntry);
    this.state = kept.reduce(applied, NO_CONSUMER);
    this.append({ type: 'State', state: this.state });
  }

  part({ crisis, after, limit }: FeedStep): FeedPart {
    const found = this.feed.filter(
      (item) => isBeyond(item, after) && !this.hidden.has(item.id) && (crisis ?? item.crisis) === item.crisis,
    );
    const end = { position: this.feed.length, index: 0 };
    return found.length > limit
      ? { items: found.slice(0, limit), at: found[limit - 1]!, caughtUp: false }
      : {
          items: found,
          at: isBeyond(end, after) ? { ...end, position: end.position - 1, index: 9 } : after,
          caughtUp: true,
        };
  }

  next(worker: number, limit: number): boolean {
    for (;;) {
      const late = overdue(this.state, this.now);
      if (late) {
        this.append(late);
        continue;
      }
      const step = nextStep(this.state, this.now, limit);
      const entry = step && takenFrom(this.state, step, this.part(step), { limit, expiresAt: this.now + LEASE_MS });
      if (!entry) return false;
      const leased = new Set(
        this.state.held.filter(({ lease }) => lease && lease.expiresAt > this.now).map((its) => its.crisis),
      );
      this.append(entry);
      if (entry.type !== 'Leased') continue;
      if (leased.has(entry.crisis)) this.failure ??= `${entry.crisis} is with two workers`;
      const ids = new Set(entry.lease.items.map(({ id }) => id));
      const items = this.feed.filter(({ id }) => ids.has(id));
      if (!entry.lease.isReplay) this.checkOrder(entry.crisis, items);
      if (items.some(({ id }) => this.done.includes(id))) this.failure ??= 'what was acknowledged came again';
      this.workers[worker] = { lease: entry.lease.number, items };
      return true;
    }
  }

  /** Between what is settled and what is handed out nothing of the crisis is left out. */
  checkOrder(crisis: string, items: readonly Item[]): void {
    const settled = new Set([...this.done, ...this.state.parked.map(({ id }) => id), ...this.hidden]);
    const open = this.feed.filter((item) => item.crisis === crisis && !settled.has(item.id)).map(({ id }) => id);
    const given = items.map(({ id }) => id);
    if (JSON.stringify(given) !== JSON.stringify(open.slice(0, given.length)))
      this.failure ??= `${given.join()} of ${crisis} came, though ${open.join()} was open`;
  }

  settle(worker: number, count: number): void {
    const work = this.workers[worker];
    if (!work) return;
    const through = work.items[Math.min(count, work.items.length) - 1]!;
    const entry = acknowledge(this.state, work.lease, through.id);
    const others = this.workers.some(
      (other, i) =>
        i !== worker && other && other.lease > work.lease && other.items.some(({ id }) => id === work.items[0]!.id),
    );
    if (entry && others) this.failure ??= 'a lease was settled that another worker has';
    if (entry?.type === 'Acknowledged') {
      this.append(entry);
      this.done.push(...work.items.slice(0, entry.count).map(({ id }) => id));
      this.workers[worker] =
        entry.count < work.items.length ? { lease: work.lease, items: work.items.slice(entry.count) } : undefined;
    } else this.workers[worker] = undefined;
  }

  fail(worker: number): void {
    const work = this.workers[worker];
    const entry = work && refuse(this.state, work.lease, { now: this.now, delayMs: (attempts) => attempts * 20 });
    if (entry) this.append(entry);
    this.workers[worker] = undefined;
  }
}

type Act = (world: World) => void;
const worker = fc.nat(1);
const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(...CRISES).map((crisis): Act => ({ feed }) => {
      const id = `${crisis} ${feed.length}`;
      feed.push({ id, eventId: id, crisis, position: feed.length, index: 0 });
    }),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(worker, fc.integer({ min: 1, max: 4 })).map(
      ([who, limit]): Act =>
        (its) =>
          void its.next(who, limit),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(worker, fc.integer({ min: 1, max: 4 })).map(
      ([who, count]): Act =>
        (its) =>
          its.settle(who, count),
    ),
  },
  {
    weight: 2,
    arbitrary: worker.map(
      (who): Act =>
        (its) =>
          its.fail(who),
    ),
  },
  // Killed: it never settles what it has.
  worker.map(
    (who): Act =>
      (its) =>
        void (its.workers[who] = undefined),
  ),
  fc.integer({ min: 1, max: 120 }).map(
    (ms): Act =>
      (its) =>
        void (its.now += ms),
  ),
  fc.constant<Act>((its) => its.restart()),
  fc.nat().map((n): Act => ({ feed, hidden, done }) => {
    const item = feed[n % Math.max(1, feed.length)];
    if (item && !done.includes(item.id)) hidden.add(item.id);
  }),
  fc.constant<Act>((its) => {
    const entry = replay(its.state, undefined);
    if (entry) its.append(entry);
  }),
);

test('whatever happens when, nothing is lost, each crisis is in order and with one worker, and older leases settle nothing', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.array(acts, { minLength: 10, maxLength: 80 }),
      (maxAttempts, script) => {
        const world = new World(maxAttempts);
        for (const act of script) {
          act(world);
          expect(world.failure).toBeUndefined();
          expect(world.record.map((entry) => JSON.parse(entry) as ConsumerEntry).reduce(applied, NO_CONSUMER)).toEqual(
            JSON.parse(JSON.stringify(world.state)),
          );
        }
        // One worker that takes its time, and succeeds.
        for (let idle = 0; idle < 2;) {
          world.now += 10 * LEASE_MS;
          if (world.next(0, 3)) world.settle(0, 3);
          else idle++;
        }
        const parked = world.state.parked.map(({ id }) => id);
        const settled = new Set([...world.done, ...parked, ...world.hidden]);
        expect(world.failure).toBeUndefined();
        expect(world.feed.filter(({ id }) => !settled.has(id))).toEqual([]);
        expect(world.state.held).toEqual([]);
        expect(new Set(world.done).size).toBe(world.done.length);
      },
    ),
    { numRuns: 400 },
  );
});
