import { openSqliteLog } from '#event-log';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { readConfig } from '../../apps/api/src/config';
import { type Server, startServer } from '../../apps/api/src/server';
import { newId, opening, retraction, strike } from '../support/elements';

/** T12: an event that this build cannot read parks the views that would have to include it, and nothing else. */
const poison = newId();
const misopened = { later: newId(), odd: newId() };
let dataDir: string;
let server: Server;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-poison-'));
  const config = readConfig({ PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'error' });
  server = await startServer(config);
  for (const crisis of ['ill', 'well']) {
    await request(server.url).post('/v1/crises').send(opening(crisis)).expect(201);
    await request(server.url).post(`/v1/crises/${crisis}/events`).send(strike()).expect(201);
  }
  await server.close();
  await appendFromTheFuture();
  server = await startServer(config);
});
afterAll(async () => {
  await server.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** What a later build would have written: schema versions that this one does not know, and an opening in another shape. */
async function appendFromTheFuture(): Promise<void> {
  const log = await openSqliteLog({ dataDir, instance: 'later', build: '99.0.0' });
  const append = (crisis: string, type: string, element: object, schemaVersion: number) =>
    log.append({
      stream: `crisis-${crisis}`,
      events: [
        {
          id: (element as { eventId: string }).eventId,
          type,
          element,
          marking: 'CLEAR',
          schemaVersion,
          references: [],
        },
      ],
      expected: 'any',
      writer: { principal: 'open', level: 'RED' },
    });
  await append('ill', 'StrikeReported', strike({ eventId: poison }), 99);
  for (const [crisis, eventId] of Object.entries(misopened)) {
    const { crisisId: _id, ...opened } = opening(crisis, {
      type: 'CrisisOpened',
      eventId,
      ...(crisis === 'odd' && { data: { sides: 'all' } }),
    });
    await append(crisis, 'CrisisOpened', opened, crisis === 'odd' ? 1 : 99);
    await append(crisis, 'StrikeReported', strike(), 1);
  }
  await log.close();
}

const risk = (crisis: string) => request(server.url).get(`/v1/crises/${crisis}/risk`);

test('its crisis is parked, loudly; other crises go on', async () => {
  const { body, headers } = await risk('ill').expect(503);
  expect(body).toMatchObject({ type: '/problems/view-parked', eventId: poison });
  expect(headers['retry-after']).toBeDefined();
  await risk('well').expect(200);
  const health = await request(server.url).get('/health/ready').expect(200);
  expect(health.body.views.unreadable).toMatchObject({ count: 3 });
  expect(health.body.views.unreadable.first).toContainEqual(
    expect.objectContaining({ crisis: 'ill', eventId: poison }),
  );
});

test.each(Object.entries(misopened))(
  '%s: a crisis whose opening cannot be read is there, and parked',
  async (crisis, eventId) => {
    for (const path of [
      '',
      '/risk',
      '/status',
      '/briefing',
      '/risk/series?from=2026-02-01T00:00:00Z&to=2026-02-05T00:00:00Z',
    ])
      expect((await request(server.url).get(`/v1/crises/${crisis}${path}`).expect(503)).body).toMatchObject({
        type: '/problems/view-parked',
        eventId,
      });
    const { body } = await request(server.url).get(`/v1/crises/${crisis}/events`).expect(200);
    expect(body.events).toHaveLength(2);
    await request(server.url).post(`/v1/crises/${crisis}/events`).send(strike()).expect(201);
  },
);

test('the past before it, the log itself and the list of crises stay readable', async () => {
  const { body } = await request(server.url).get(`/v1/crises/ill/events/${poison}`).expect(200);
  expect(body.event.unreadable).toMatch(/newer build/);
  await risk('ill').query({ asOf: body.before, at: '2026-02-04T00:00:00Z' }).expect(200);
  const list = await request(server.url).get('/v1/crises').expect(200);
  expect(
    list.body.crises.map(({ crisisId, risk: r, problem }: { crisisId: string; risk?: number; problem?: object }) => [
      crisisId,
      r !== undefined,
      problem !== undefined,
    ]),
  ).toEqual([
    ['ill', false, true],
    ['later', false, true],
    ['odd', false, true],
    ['well', true, false],
  ]);
});

test('appends go on, and retracting it unparks the views', async () => {
  await request(server.url).post('/v1/crises/ill/events').send(strike()).expect(201);
  await risk('ill').expect(503);
  await request(server.url).post('/v1/crises/ill/events').send(retraction(poison)).expect(201);
  await risk('ill').expect(200);
});
