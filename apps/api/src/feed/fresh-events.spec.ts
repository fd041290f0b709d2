import { type Level, LEVELS, type NewEvent } from '#event-log';
import type { FeedPlace } from '#projections';
import { contact, correction, contentOf, statement, strike } from '../../../../test/support/elements';
import { random } from '../../../../test/support/seed';
import { Problem } from '../http/problem';
import type { Reader } from '../access/caller';
import { type FeedBatch, batchIn } from './feed-batch';
import { FreshEvents } from './fresh-events';
import { asked, FollowedRecord } from './testing/followed-record';
import { Waiter } from './waiter';

let record: FollowedRecord;
beforeEach(async () => (record = await FollowedRecord.start()));
afterEach(() => record.end());

const folded = async (reader: Reader, after: FeedPlace): Promise<FeedBatch> =>
  batchIn(await record.views.ask({ kind: 'feed', query: { reader, filter: '' }, after, limit: 1000 }));

const READERS: readonly Reader[] = LEVELS.flatMap((level) =>
  [true, false].map((seesNumbers) => ({ name: 'open', level, seesNumbers })),
);

/** What this build cannot read: of a later one, or, as of another writer, of no version. */
const strange = (marking: Level, type: string, schemaVersion: number): NewEvent => {
  const element = { occurredAt: '2026-02-03T00:30:00Z', data: { target: 'x', actors: [{ code: 'USA' }] } };
  return { id: crypto.randomUUID(), type, element, marking, schemaVersion, references: [] };
};

/** Something comes in one of the crises, at times a new one; one in six times an amendment of what came before. */
async function appendSome(next: () => number, told: { id: string; crisis: string; element: object }[]): Promise<void> {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)]!;
  const crises = ['us-iran', 'quiet', 'secret', ...told.filter(({ id }) => id === '').map((opened) => opened.crisis)];
  const crisis = pick(crises);
  if (next() < 1 / 12) {
    told.push({ id: '', crisis: `later-${told.length}`, element: {} });
    await record.open(told.at(-1)!.crisis, pick(LEVELS));
    return;
  }
  if (next() < 1 / 12) {
    await record.put(
      strange(pick(LEVELS), pick(['MoonLanded', 'StrikeReported', 'MarkingChanged']), pick([0, 2])),
      crisis,
    );
    return;
  }
  const earlier = told.filter((its) => its.crisis === crisis && its.id !== '');
  if (earlier.length > 0 && next() < 1 / 6) {
    const { id, element } = pick(earlier);
    if (next() < 0.5) await record.mark(id, pick(LEVELS), crisis).catch(() => undefined);
    else await record.append(correction(id, contentOf(element as never), { eventId: crypto.randomUUID() }), crisis);
    return;
  }
  const element = pick([strike, contact, statement])({ tlp: pick(LEVELS), eventId: crypto.randomUUID() });
  told.push({ id: await record.append(element, crisis), crisis, element });
}

test('what is told at once is what the fold tells, to every reader, place for place and byte for byte', async () => {
  await record.open('quiet', 'GREEN');
  await record.open('secret', 'AMBER+STRICT');
  const [next, told] = [random(7), []];
  const fresh = new FreshEvents(record.log);
  const places = await Promise.all(
    READERS.map(async (reader) => (await folded(reader, { position: -1, index: 0 })).at),
  );
  let [atOnce, left] = [0, 0];
  for (let round = 0; round < 60; round++) {
    for (let events = next() * 4; events > 0; events--) await appendSome(next, told);
    for (const [i, reader] of READERS.entries()) {
      const [now, later] = [fresh.after(reader, places[i]!), await folded(reader, places[i]!)];
      if (now === undefined) left++;
      else {
        atOnce++;
        const { seen, ...rest } = now;
        expect(rest).toEqual({ items: later.items, at: later.at, caughtUp: true });
        expect(seen && [seen.position, seen.index]).toEqual(later.seen && [later.seen.position, later.seen.index]);
      }
      places[i] = later.at;
    }
  }
  // Both are common, or this holds nothing.
  expect([atOnce > 300, left > 100]).toEqual([true, true]);
});

/** Everybody waits at the end; what they have got when something has come. */
async function afterNext(name: string, cause: () => Promise<unknown>): Promise<readonly string[]> {
  const query = asked('RED', name);
  const { at } = await record.feed.next(query, await record.feed.end(query));
  const more = record.feed.more(query, at, 60_000, new Waiter(new AbortController().signal));
  await cause();
  await more;
  return (await record.feed.next(query, at)).items.map(({ eventId }) => eventId);
}

test('who is up to date goes on while no view can be computed', async () => {
  const eventId = crypto.randomUUID();
  const cause = async (): Promise<void> => {
    await record.views.close();
    await record.append(strike({ eventId }));
  };
  expect(await afterNext('open', cause)).toEqual([eventId]);
});

test('what is RED goes on record before it is told, also at once', async () => {
  const recorded = jest.spyOn(record.redReads, 'record');
  const eventId = crypto.randomUUID();
  const told = await afterNext('ana', () => {
    recorded.mockClear();
    return record.append(strike({ eventId, tlp: 'RED' }));
  });
  expect(told).toEqual([eventId]);
  expect(recorded).toHaveBeenCalledWith(expect.objectContaining({ who: 'ana', crises: ['us-iran'] }));
});

test('once reading is refused nothing is told at once either', async () => {
  const query = asked('GREEN');
  const { at } = await record.feed.next(query, await record.feed.end(query));
  await record.append(strike({ tlp: 'CLEAR' }));
  const why = new Problem('split-view', 'test');
  record.views.refuse(why);
  await expect(record.feed.next(query, at)).rejects.toBe(why);
});

test('nor is what was at hand already', async () => {
  const query = asked('GREEN');
  const { at } = await record.feed.next(query, await record.feed.end(query));
  await record.append(strike({ tlp: 'CLEAR' }));
  expect((await record.feed.next(query, at)).items).toHaveLength(1);
  const why = new Problem('split-view', 'test');
  record.feed.close();
  record.views.refuse(why);
  await expect(record.feed.next(query, at)).rejects.toBe(why);
});

test('who is RED in one crisis is on record as reader of that one alone', async () => {
  await record.open('secret');
  const recorded = jest.spyOn(record.redReads, 'record');
  const query = { ...asked('RED', 'ana'), crisis: 'us-iran', filter: 'crisis=us-iran' };
  const { at } = await record.feed.next(query, await record.feed.end(query));
  const more = record.feed.more(query, at, 60_000, new Waiter(new AbortController().signal));
  await record.append(strike({ tlp: 'RED' }), 'secret');
  const id = await record.append(strike({ tlp: 'RED' }));
  await more;
  expect((await record.feed.next(query, at)).items.map(({ eventId }) => eventId)).toEqual([id]);
  expect(new Set(recorded.mock.calls.flatMap(([{ crises }]) => crises))).toEqual(new Set(['us-iran']));
});

test('who follows a crisis whose name is a word of the language shares nothing with who follows all', async () => {
  await record.open('undefined');
  const one = { ...asked('RED', 'ana'), crisis: 'undefined', filter: 'crisis=undefined' };
  await record.feed.next(one, await record.feed.end(one));
  const all = asked('RED', 'ana');
  const { at } = await record.feed.next(all, await record.feed.end(all));
  const eventId = await record.append(strike());
  expect((await record.feed.next(all, at)).items.map((item) => item.eventId)).toEqual([eventId]);
});
