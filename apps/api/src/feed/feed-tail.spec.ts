import { setImmediate as turn } from 'node:timers/promises';
import { FEED_START, type FeedPlace } from '#projections';
import type { FeedItem } from './feed-item';
import { FeedTail } from './feed-tail';
import { Waiter } from './waiter';

const itemAt = (position: number): FeedItem => ({
  position,
  index: 0,
  kind: 'event',
  id: `${position}`,
  eventId: `${position}`,
  crisis: 'us-iran',
  type: 'StrikeReported',
  actors: [],
  json: '{}',
});

/** A record to which another event has come each time that it is looked whether more are on their way. */
class Growing {
  #head = 0;
  readonly tail = new FeedTail(
    FEED_START,
    ({ position }) => {
      const items = Array.from({ length: this.#head - position }, (_none, i) => itemAt(position + 1 + i));
      const at: FeedPlace = { position: this.#head, index: 0 };
      return Promise.resolve({ items, at, seen: at, caughtUp: true });
    },
    () => {
      if (this.#head === this.length - 1) return false;
      this.#head++;
      void this.tail.advance();
      return true;
    },
  );

  constructor(private readonly length: number) {}
}

const wait = (tail: FeedTail, count: number): Promise<boolean>[] =>
  Array.from({ length: count }, () => {
    const waiter = new Waiter(new AbortController().signal);
    tail.await(waiter);
    return waiter.wait(60_000);
  });

test('who asks is told though more comes each time that it is read, without end', async () => {
  let [head, isOver] = [0, false];
  const tail = new FeedTail(
    FEED_START,
    async () => {
      const at = { position: ++head, index: 0 };
      await turn();
      if (!isOver) void tail.advance();
      return { items: [itemAt(head)], at, seen: at, caughtUp: true };
    },
    () => false,
  );
  await tail.reach(3);
  expect(itemsAfter(tail, FEED_START)).toBe(3);
  await tail.reach(5);
  expect(itemsAfter(tail, { position: 3, index: 0 })).toBe(2);
  isOver = true;
});

test('who waits is told what was read though the next read fails', async () => {
  let [reads, looks] = [0, 0];
  const tail = new FeedTail(
    FEED_START,
    ({ position }) => {
      if (++reads === 2) return Promise.reject(new Error('no view can be computed'));
      const at = { position: position + 1, index: 0 };
      return Promise.resolve({ items: [itemAt(at.position)], at, seen: at, caughtUp: true });
    },
    // Once, after the first read.
    () => reads === 1 && looks++ === 0,
  );
  const woken = wait(tail, 50_000);
  await expect(tail.advance()).rejects.toThrow('no view');
  expect((await Promise.all(woken)).every(Boolean)).toBe(true);
  expect(itemsAfter(tail, FEED_START)).toBe(1);
});

const itemsAfter = (tail: FeedTail, place: FeedPlace): number =>
  tail.batch({ reader: { name: 'test', level: 'RED', seesNumbers: false }, filter: '' }, place, 100).items.length;

test('where many wait, what is on its way is read before any of them is woken', async () => {
  const { tail } = new Growing(3);
  // Writing to so many would take a second: as long as this may be lingered.
  const woken = wait(tail, 50_000);
  const found = woken[0]!.then(() => itemsAfter(tail, FEED_START));
  await tail.advance();
  expect(await found).toBe(3);
  expect(tail.isAwaited).toBe(false);
  expect((await Promise.all(woken)).every(Boolean)).toBe(true);
});

test('who waits alone is woken at once', async () => {
  const { tail } = new Growing(3);
  const [woken] = wait(tail, 1);
  const found = woken!.then(() => itemsAfter(tail, FEED_START));
  await tail.advance();
  expect(await found).toBe(1);
});
