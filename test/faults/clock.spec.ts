import { opening, strike } from '../support/elements';
import { type RunningServer, startTestServer } from '../support/running-server';

/** T14: the record's order is its positions, whatever the clock does. */
const HOUR_MS = 3_600_000;
const NOON = Date.parse('2028-02-29T12:00:00Z');
const EVENTS = '/v1/crises/us-iran/events';

let now = NOON;
let server: RunningServer;
beforeAll(async () => {
  server = await startTestServer(() => now);
  await server.http.post('/v1/crises').send(opening('us-iran')).expect(201);
});
afterAll(() => server.stop());

const append = async (headers: Record<string, string> = {}) =>
  (await server.http.post(EVENTS).set(headers).send(strike()).expect(201)).body;
const risk = async (query: object) => (await server.http.get('/v1/crises/us-iran/risk').query(query).expect(200)).body;

test('recorded time never falls, tokens hold and restarts change nothing while the clock jumps', async () => {
  const times: string[] = [];
  const positions: number[] = [];
  let cursor: string | undefined;
  for (const jump of [0, HOUR_MS, -2 * HOUR_MS, -HOUR_MS, 12 * HOUR_MS]) {
    now += jump;
    for (let i = 0; i < 2; i++) {
      const receipt = await append(cursor === undefined ? {} : { 'if-match': `"${cursor}"` });
      cursor = receipt.cursor as string;
      times.push(receipt.recordedAt as string);
      positions.push(receipt.position as number);
    }
    await server.restart();
  }
  expect(positions).toEqual(positions.map((_, i) => i + 1));
  const at = (hours: number) => new Date(NOON + hours * HOUR_MS).toISOString();
  expect(times).toEqual([0, 0, 1, 1, 1, 1, 1, 1, 10, 10].map(at));
});

test('a view at a cursor is the same wherever the clock stands; at a time still to come it is that of now', async () => {
  const { cursor } = await append();
  const before = await risk({ asOf: cursor });
  now -= 3 * HOUR_MS;
  expect(await risk({ asOf: cursor })).toEqual(before);
  const future = await risk({ asOf: '2030-01-01T00:00:00Z' });
  expect(future).toEqual({ ...(await risk({})), asOf: future.asOf });
});
