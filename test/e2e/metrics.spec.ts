import { createKey } from '../../apps/cli/src/keys';
import { opening, strike } from '../support/elements';
import { type RunningServer, startTestServer } from '../support/running-server';

let server: RunningServer;
const keys: Record<string, string> = {};
beforeAll(async () => {
  server = await startTestServer(Date.now, {
    async prepare(dataDir) {
      for (const role of ['operator', 'analyst'] as const)
        keys[role] = await createKey(dataDir, { name: role, role, level: 'AMBER', red: [], days: 1 }, Date.now());
    },
  });
  await append('/v1/crises', opening('secret-talks'));
  for (const event of [strike(), strike(), strike({ type: 'No' })])
    await append('/v1/crises/secret-talks/events', event);
});
afterAll(() => server.stop());

const as = (role: string) => ({ authorization: `Bearer ${keys[role]}` });
const append = (path: string, body: object) =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { ...as('analyst'), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** Values by name and labels, as the text has them. */
async function scraped(): Promise<Map<string, number>> {
  const response = await fetch(`${server.url}/metrics`, { headers: as('operator') });
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

const requests = (method: string, route: string, status: number): string =>
  `crisislog_http_request_duration_seconds_count{method="${method}",route="${route}",status="${status}"}`;

test('an operator reads how the record, the views and the process stand', async () => {
  expect(await (await fetch(`${server.url}/v1/crises`, { headers: as('analyst') })).json()).toBeDefined();
  const values = await scraped();
  expect(Object.fromEntries([...values].filter(([name]) => /^crisislog_(record|views|streams)/.test(name)))).toEqual({
    crisislog_record_events: 3,
    crisislog_record_writable: 1,
    crisislog_record_refused: 0,
    crisislog_views_lag_events: 0,
    crisislog_views_unreadable_events: 0,
    crisislog_streams_open: 0,
  });
  expect(values.get('process_resident_memory_bytes')).toBeGreaterThan(0);
  expect(values.has('crisislog_mirror_behind_seconds')).toBe(false);
});

test('requests are counted by method, route and status, what nobody serves under one name', async () => {
  for (const path of ['/v1/nothing', '/v1/nothing-else']) await fetch(server.url + path);
  const values = await scraped();
  const events = '/v1/crises/:crisisId/events';
  expect(values.get(requests('POST', events, 201))).toBe(2);
  expect(values.get(requests('POST', events, 422))).toBe(1);
  expect(values.get(requests('POST', '/v1/crises', 201))).toBe(1);
  expect(values.get(requests('GET', 'none', 404))).toBe(2);
  expect([...values.keys()].filter((name) => /secret-talks|nothing|analyst/.test(name))).toEqual([]);
});

test('a stream is counted while it is open', async () => {
  const left = new AbortController();
  const stream = await fetch(`${server.url}/v1/feed/stream`, { headers: as('analyst'), signal: left.signal });
  expect(stream.status).toBe(200);
  expect((await scraped()).get('crisislog_streams_open')).toBe(1);
  left.abort();
  while ((await scraped()).get('crisislog_streams_open') !== 0);
});

test('others are refused', async () => {
  expect((await fetch(`${server.url}/metrics`, { headers: as('analyst') })).status).toBe(403);
  expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
});
