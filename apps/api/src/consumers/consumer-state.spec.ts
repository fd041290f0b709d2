import { FEED_START, type FeedPlace, isBeyond } from '#projections';
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

const LEASE_MS = 100;
const DELAY_MS = 10;

/** An item of the feed, `a0` the one of crisis `a` at position 0. */
const item = (name: string) => ({
  id: name,
  eventId: name,
  crisis: name[0]!,
  position: Number(name.slice(1)),
  index: 0,
});

/** What stands in the feed, as the worker of views would read it. */
function partOf(feed: readonly string[], { crisis, after, limit }: FeedStep): FeedPart {
  const end: FeedPlace = { position: 1000, index: 0 };
  const found = feed.map(item).filter((its) => isBeyond(its, after) && (crisis ?? its.crisis) === its.crisis);
  return found.length > limit
    ? { items: found.slice(0, limit), at: found[limit - 1]!, caughtUp: false }
    : { items: found, at: end, caughtUp: true };
}

/** A consumer in memory: what is given to it, and what it says. */
class Scenario {
  entries: ConsumerEntry[] = [];
  now = 0;

  constructor(public feed: string[]) {
    this.given({ type: 'Made', definition: { level: 'RED', maxAttempts: 2 }, at: FEED_START });
  }

  get state(): ConsumerState {
    return this.entries.reduce(applied, NO_CONSUMER);
  }

  given(entry: ConsumerEntry | undefined): string {
    if (!entry) return 'nothing';
    this.entries.push(JSON.parse(JSON.stringify(entry)) as ConsumerEntry);
    return entry.type;
  }

  /** The items that a worker gets. */
  next(limit = 10): string[] {
    for (;;) {
      const late = overdue(this.state, this.now);
      if (late) {
        this.given(late);
        continue;
      }
      const step = nextStep(this.state, this.now, limit)!;
      const entry = takenFrom(this.state, step, partOf(this.feed, step), { limit, expiresAt: this.now + LEASE_MS });
      this.given(entry);
      if (!entry) return [];
      if (entry.type === 'Leased') return entry.lease.items.map(({ id }) => id);
    }
  }

  acknowledge = (lease: number, through?: string): string => this.given(acknowledge(this.state, lease, through));
  refuse = (lease: number): string => this.given(refuse(this.state, lease, { now: this.now, delayMs: () => DELAY_MS }));
  replay = (...ids: string[]): string => this.given(replay(this.state, ids.length > 0 ? ids : undefined));
  get parked(): string[] {
    return this.state.parked.map(({ id }) => id);
  }
}

test('each worker gets another crisis, its items in order and as many as it wants', () => {
  const its = new Scenario(['a0', 'b1', 'a2', 'c3', 'a4', 'b5']);
  expect([its.next(2), its.next(), its.next(), its.next()]).toEqual([['a0', 'a2'], ['b1'], ['c3'], []]);
  expect(its.acknowledge(1)).toBe('Acknowledged');
  expect([its.next(), its.next()]).toEqual([['a4'], []]);
  expect(its.acknowledge(2)).toBe('Acknowledged');
  expect(its.next()).toEqual(['b5']);
});

test('what is done is not held: the state is as small as what is under way', () => {
  const its = new Scenario(['a0', 'b1', 'a2', 'b3']);
  for (let lease = 1; its.next().length > 0; lease++) its.acknowledge(lease);
  its.feed.push('a4');
  expect(its.next()).toEqual(['a4']);
  its.acknowledge(its.state.lastLease);
  expect(its.state.held).toEqual([]);
});

test('a part of a lease is acknowledged up to an item; the rest stays with its worker', () => {
  const its = new Scenario(['a0', 'a1', 'a2']);
  its.next();
  expect(its.acknowledge(1, 'a1')).toBe('Acknowledged');
  expect([its.acknowledge(1, 'a0'), its.next()]).toEqual(['nothing', []]);
  expect(its.acknowledge(1)).toBe('Acknowledged');
  expect(its.next()).toEqual([]);
});

test('a lease that is over goes to another worker, and its own settles nothing any more', () => {
  const its = new Scenario(['a0', 'a1']);
  expect(its.next()).toEqual(['a0', 'a1']);
  its.now = LEASE_MS;
  expect(its.next()).toEqual(['a0']);
  expect([its.acknowledge(1), its.refuse(1)]).toEqual(['nothing', 'nothing']);
  expect(its.acknowledge(2)).toBe('Acknowledged');
  expect(its.next()).toEqual(['a1']);
});

test('a lease that is over, and that nobody else has, may still be acknowledged', () => {
  const its = new Scenario(['a0']);
  its.next();
  its.now = LEASE_MS + 1;
  expect(its.acknowledge(1)).toBe('Acknowledged');
  expect(its.next()).toEqual([]);
});

test('what is refused holds its crisis back, comes again alone after the delay, and is parked in the end', () => {
  const its = new Scenario(['a0', 'b1', 'a2']);
  expect(its.next()).toEqual(['a0', 'a2']);
  expect(its.refuse(1)).toBe('Refused');
  expect([its.next(), its.next()]).toEqual([['b1'], []]);
  its.now += DELAY_MS;
  expect(its.next()).toEqual(['a0']);
  expect(its.refuse(3)).toBe('Parked');
  expect([its.parked, its.next()]).toEqual([['a0'], ['a2']]);
});

test('what is never settled is parked as well, the last time that it runs out of time', () => {
  const its = new Scenario(['a0', 'a1']);
  expect(its.next()).toEqual(['a0', 'a1']);
  its.now += LEASE_MS;
  expect(its.next()).toEqual(['a0']);
  its.now += LEASE_MS;
  expect([its.next(), its.parked]).toEqual([['a1'], ['a0']]);
});

describe('a parked item', () => {
  let its: Scenario;
  beforeEach(() => {
    its = new Scenario(['a0', 'a1']);
    for (const lease of [1, 2]) {
      its.next(1);
      its.refuse(lease);
      its.now += DELAY_MS;
    }
    expect(its.parked).toEqual(['a0']);
  });

  test('is handed out again when it is replayed, before what follows it, and is gone when it is done', () => {
    expect([its.replay(), its.replay()]).toEqual(['Replayed', 'nothing']);
    expect([its.next(), its.next()]).toEqual([['a0'], []]);
    expect(its.acknowledge(3)).toBe('Acknowledged');
    expect([its.parked, its.next()]).toEqual([[], ['a1']]);
  });

  test('that is refused again is parked again', () => {
    its.replay('a0');
    its.next();
    expect(its.refuse(3)).toBe('Parked');
    expect([its.parked, its.next()]).toEqual([['a0'], ['a1']]);
  });

  test('waits until the worker that has its crisis is done', () => {
    expect(its.next()).toEqual(['a1']);
    its.replay('a0');
    expect(its.next()).toEqual([]);
    its.acknowledge(3);
    expect(its.next()).toEqual(['a0']);
  });

  test('that its reader may no longer see is forgotten', () => {
    its.replay('a0');
    its.feed.shift();
    expect([its.next(), its.parked]).toEqual([['a1'], []]);
  });
});

test('what is hidden while its crisis is held is passed over', () => {
  const its = new Scenario(['a0', 'a1']);
  its.next();
  its.refuse(1);
  its.now += DELAY_MS;
  its.feed.shift();
  expect(its.next()).toEqual(['a1']);
});

test('made again under its name it begins anew, and takes none of the leases from before', () => {
  const its = new Scenario(['a0']);
  its.next();
  its.given({ type: 'Removed' });
  expect(its.acknowledge(1)).toBe('nothing');
  its.given({ type: 'Made', definition: { level: 'RED', maxAttempts: 2 }, at: FEED_START });
  expect([its.next(), its.state.lastLease]).toEqual([['a0'], 2]);
});
