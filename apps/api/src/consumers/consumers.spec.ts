import { FEED_START } from '#projections';
import { contact, strike } from '../../../../test/support/elements';
import { FollowedRecord } from '../feed/testing/followed-record';
import { Consumers } from './consumers';

let record: FollowedRecord;
beforeEach(async () => (record = await FollowedRecord.start()));
afterEach(() => record.end());

const reader = { name: 'ana', level: 'CLEAR', seesNumbers: false } as const;
const wanted = { limit: 10, leaseMs: 60_000, waitMs: 0 };

test('a worker that leaves before it has its turn is given nothing', async () => {
  const consumers = new Consumers({ feed: record.feed, log: record.log, clock: Date.now });
  const consumer = consumers.of('ana', 'desk');
  const definition = { level: 'CLEAR', maxAttempts: 5 } as const;
  await consumer.decide(() => ({ type: 'Made', definition, at: FEED_START }));
  let end: () => void = () => undefined;
  const turn = consumer.inTurn(() => new Promise<void>((resolve) => (end = resolve)));
  const leaver = new AbortController();
  const left = consumers.next(consumer, reader, { ...wanted, left: leaver.signal });
  const next = consumers.next(consumer, reader, { ...wanted, left: new AbortController().signal });
  leaver.abort();
  await new Promise(setImmediate);
  end();
  await turn;
  expect(await left).toBeUndefined();
  expect(await next).toMatchObject({ crisis: 'us-iran', attempt: 1, lease: { number: 1 } });
});

test('a filter that finds nothing for long ends the wait, and the next one goes on from there', async () => {
  const consumers = new Consumers({ feed: record.feed, log: record.log, clock: Date.now, maxLookingMs: 0 });
  const consumer = consumers.of('ana', 'desk');
  const definition = { level: 'CLEAR', maxAttempts: 5, type: 'StrikeReported' } as const;
  await consumer.decide(() => ({ type: 'Made', definition, at: FEED_START }));
  await Promise.all(Array.from({ length: 1_100 }, () => record.append(contact())));
  const found = await record.append(strike());
  const next = () => consumers.next(consumer, reader, { ...wanted, left: new AbortController().signal });
  expect(await next()).toBeUndefined();
  expect(consumer.state.at.position).toBeGreaterThan(900);
  expect(await next()).toMatchObject({ lease: { items: [{ eventId: found }] } });
});
