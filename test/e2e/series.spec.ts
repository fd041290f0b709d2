import { opening, strike } from '../support/elements';
import { type RunningServer, startTestServer } from '../support/running-server';

let server: RunningServer;
beforeAll(async () => {
  server = await startTestServer(() => Date.parse('2026-02-07T12:00:00Z'));
  await server.http.post('/v1/crises').send(opening('plotted')).expect(201);
  await server.http.post('/v1/crises/plotted/events').send(strike()).expect(201);
});
afterAll(() => server.stop());

const TO = '2026-02-07T12:00:00Z';
const series = (query: object) =>
  server.http.get('/v1/crises/plotted/risk/series').query({ from: '2026-02-01T00:00:00Z', to: TO, ...query });

test.each([2, 1000])('%i points come in order, the last at `to`', async (points) => {
  const { body } = await series({ points }).expect(200);
  const times = (body.series as { at: string }[]).map(({ at }) => at);
  expect(times).toHaveLength(points);
  expect(times).toEqual(times.toSorted());
  expect([times[0], times.at(-1)]).toEqual(['2026-02-01T00:00:00Z', TO]);
});

test.each([
  ['points', { points: 1 }],
  ['points', { points: 1001 }],
  ['points', { points: '1e3' }],
  ['knowledge', { knowledge: 'later' }],
  ['from', { from: '2026-02-08T00:00:00Z' }],
])('is refused for its %s: %j', async (parameter, query) => {
  expect((await series(query).expect(400)).body).toMatchObject({ type: '/problems/invalid-parameter', parameter });
});

test('what the crisis was at a moment is what `risk` says of it', async () => {
  const { body } = await series({ points: 3 }).expect(200);
  for (const { at, risk, diplomacyGauge } of body.series as { at: string; risk: number; diplomacyGauge: number }[]) {
    const then = await server.http.get('/v1/crises/plotted/risk').query({ at }).expect(200);
    expect(then.body).toMatchObject({ risk, diplomacyGauge });
  }
});
