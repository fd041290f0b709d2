import { FEED_START } from '#projections';
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
