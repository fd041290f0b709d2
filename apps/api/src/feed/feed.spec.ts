import type { Level } from '#event-log';
import { FEED_START, type FeedPlace } from '#projections';
import { strike } from '../../../../test/support/elements';
import { Tokens } from '../http/tokens';
import { HEARTBEAT_MS } from './event-stream';
import { Feed } from './feed';
import { StreamFeed } from './stream-feed';
import { asked, FollowedRecord } from './testing/followed-record';
import { Waiter } from './waiter';

let record: FollowedRecord;
beforeEach(async () => (record = await FollowedRecord.start()));
afterEach(() => record.end());

interface Item {
  readonly id: string;
  readonly item: string;
  readonly type: string;
  readonly subject: string;
  readonly data: { readonly marking?: string; readonly summary?: string };
}

/** Everything for a level after a place, a few at a time, and the place where it ends. */
async function everything(level: Level, after: FeedPlace = FEED_START): Promise<{ items: Item[]; at: FeedPlace }> {
  const items: Item[] = [];
  for (let at = after; ;) {
    const batch = await record.feed.next(asked(level), at, 2);
    items.push(...batch.items.map(({ json }) => JSON.parse(json) as Item));
    at = batch.at;
    if (batch.caughtUp) return { items, at };
  }
}

const told = (items: readonly Item[]): string[] => items.map(({ item, type }) => `${item} ${type}`);

test('each level is told what it may see, when it may see it', async () => {
  const red = await record.append(strike({ tlp: 'RED', summary: 'secret' }));
  const clear = await record.append(strike({ tlp: 'CLEAR' }));
  expect(told((await everything('CLEAR')).items)).toEqual(['event CrisisOpened', 'event StrikeReported']);
  await record.mark(red, 'GREEN');
  await record.mark(clear, 'AMBER');

  const green = await everything('GREEN');
  expect(told(green.items)).toEqual([
    'event CrisisOpened',
    'event MarkingChanged',
    'release StrikeReported',
    'withdraw StrikeReported',
  ]);
  expect(green.items[2]).toMatchObject({ subject: red, data: { marking: 'GREEN', summary: 'secret' } });
  expect(green.items[3]!.data).toEqual({ eventId: clear, crisisId: 'us-iran' });
  expect(told((await everything('CLEAR')).items)).toEqual(['event CrisisOpened', 'withdraw StrikeReported']);
  expect(told((await everything('RED')).items)).toEqual([
    'event CrisisOpened',
    'event StrikeReported',
    'event StrikeReported',
    'event MarkingChanged',
    'event MarkingChanged',
  ]);
  expect((await everything('RED')).items[1]).toMatchObject({ id: red, data: { marking: 'RED' } });
});

test('what was lowered and is raised again is not sent, though it is told that it is withdrawn', async () => {
  const id = await record.append(strike({ tlp: 'RED', summary: 'secret' }));
  await record.mark(id, 'CLEAR');
  await record.mark(id, 'RED');
  const { items } = await everything('CLEAR');
  expect(told(items)).toEqual(['event CrisisOpened', 'withdraw StrikeReported', 'withdraw MarkingChanged']);
  expect(JSON.stringify(items)).not.toContain('secret');
});

test('what waits for a slow follower and is hidden meanwhile is not sent', async () => {
  const { at } = await everything('GREEN');
  const id = await record.append(strike({ tlp: 'GREEN', summary: 'secret' }));
  expect(told((await record.feed.next(asked('GREEN'), at)).items.map(({ json }) => JSON.parse(json) as Item))).toEqual([
    'event StrikeReported',
  ]);
  await record.mark(id, 'RED');
  const { items } = await everything('GREEN', at);
  expect(told(items)).toEqual(['withdraw StrikeReported']);
});

test('who follows live and who reads later get the same items, byte for byte', async () => {
  const batches: string[] = [];
  let { at } = await everything('AMBER');
  for (const tlp of ['CLEAR', 'RED', 'AMBER', 'GREEN', 'RED'] as const) {
    const id = await record.append(strike({ tlp }));
    if (tlp === 'GREEN') await record.mark(id, 'AMBER');
    const batch = await record.feed.next(asked('AMBER'), at);
    batches.push(...batch.items.map(({ json }) => json));
    at = batch.at;
  }
  const later = await new Feed(record.log, record.views).next(asked('AMBER'), FEED_START);
  expect(later.items.slice(1).map(({ json }) => json)).toEqual(batches);
  expect(batches).toHaveLength(4);
});

test('a hidden event ends no waiting, a visible one does', async () => {
  const left = new AbortController();
  const { at } = await everything('GREEN');
  const { at: atRed } = await everything('RED');
  const waiting = record.feed.more(asked('GREEN'), at, 60_000, new Waiter(left.signal));
  let ended = false;
  void waiting.then(() => (ended = true));
  const red = record.feed.more(asked('RED'), atRed, 60_000, new Waiter(left.signal));
  await record.append(strike({ tlp: 'RED' }));
  // The reader above was told, so the lower one would have been by now.
  expect(await red).toBe(true);
  await record.feed.next(asked('GREEN'), at);
  expect(ended).toBe(false);
  await record.append(strike({ tlp: 'GREEN' }));
  expect(await waiting).toBe(true);
});

test('a place ahead of the record is not led back behind it', async () => {
  const ahead = { position: record.log.head() + 2, index: 0 };
  const { items, at } = await record.feed.next(asked('AMBER'), ahead);
  expect([items, at]).toEqual([[], ahead]);
  for (const _ of [1, 2]) await record.append(strike({ tlp: 'AMBER' }));
  const last = await record.append(strike({ tlp: 'AMBER' }));
  expect((await record.feed.next(asked('AMBER'), at)).items.map(({ id }) => id)).toEqual([last]);
});

test('however many come at the same time, each is told where the feed ends', async () => {
  const { at } = await everything('AMBER');
  const ends = await Promise.all(Array.from({ length: 1000 }, () => record.feed.end(asked('AMBER'))));
  expect(new Set(ends.map(({ position }) => position))).toEqual(new Set([at.position]));
  const id = await record.append(strike({ tlp: 'AMBER' }));
  const { position } = await record.feed.end(asked('AMBER'));
  expect(record.log.reader.at(position)!.id).toBe(id);
});

test('nobody waits any longer once the feed is closed', async () => {
  const { at } = await everything('RED');
  const waiting = record.feed.more(asked('RED'), at, 60_000, new Waiter(new AbortController().signal));
  record.feed.close();
  expect(await waiting).toBe(false);
});

test('a stream on which nothing comes is asked at each heartbeat whether its reader is still the same', async () => {
  const timers = jest.spyOn(globalThis, 'setInterval');
  let isStill = true;
  let heartbeats = 0;
  let tell = (): void => undefined;
  const told = new Promise<void>((resolve) => (tell = resolve));
  const ended = new AbortController().signal;
  const stream = { ended, hasRoom: true, room: () => Promise.resolve(), send: tell, heartbeat: () => heartbeats++ };
  const parts = { feed: record.feed, tokens: new Tokens([Buffer.alloc(32)], record.log.logId, 0) };
  const { at } = await everything('RED');
  const sending = new StreamFeed(parts, asked('RED'), at, stream as never, () => isStill).send();
  await told;
  const beat = timers.mock.calls.find(([, ms]) => ms === HEARTBEAT_MS)![0];
  timers.mockRestore();
  isStill = false;
  beat();
  await sending;
  expect(heartbeats).toBe(1);
});
