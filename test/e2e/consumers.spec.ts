import { type BaseLevel } from '#access';
import type { Level } from '#event-log';
import { MAX_CONSUMERS } from '../../apps/api/src/consumers/roster';
import { createKey } from '../../apps/cli/src/keys';
import { newId, opening, strike } from '../support/elements';
import { type RunningServer, startTestServer } from '../support/running-server';

const START = Date.UTC(2026, 1, 7, 12);
let now = START;
let server: RunningServer;
const keys: Record<string, string> = {};
beforeAll(async () => {
  server = await startTestServer(() => now, {
    env: { RATE_LIMIT: '100000000' },
    async prepare(dataDir) {
      const make = (name: string, level: BaseLevel, more: object) =>
        createKey(dataDir, { name, level, red: [], days: 1, ...more }, START);
      keys['green'] = await make('dashboard', 'GREEN', { role: 'reader' });
      keys['amber'] = await make('dashboard', 'AMBER', { role: 'reader' });
      keys['other'] = await make('other', 'GREEN', { role: 'reader' });
      keys['many'] = await make('many', 'GREEN', { role: 'reader' });
      keys['writer'] = await make('writer', 'AMBER+STRICT', {
        role: 'analyst',
      });
    },
  });
});
afterAll(() => server.stop());

interface Batch {
  readonly lease: string;
  readonly crisisId: string;
  readonly attempt: number;
  readonly expiresAt: string;
  readonly items: readonly { readonly subject: string; readonly item: string; readonly data: { summary?: string } }[];
}

async function ask(who: string, method: string, path: string, body?: object) {
  const response = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${keys[who]}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function append(crisis: string, element: object): Promise<string> {
  const { status, body } = await ask('writer', 'POST', `/v1/crises/${crisis}/events`, element);
  expect([status, body]).toEqual([201, body]);
  return body['eventId'] as string;
}
const strikeIn = (crisis: string, tlp: Level = 'GREEN', summary = 'One.'): Promise<string> =>
  append(crisis, strike({ eventId: newId(), tlp, summary }));
const mark = (crisis: string, target: string, marking: Level): Promise<string> =>
  append(crisis, {
    type: 'MarkingChanged',
    occurredAt: '2026-02-06T00:00:00Z',
    data: { target, marking, reason: 'test' },
  });

/** A consumer of strikes, from now on, and two crises of its own. */
let made = 0;
async function scene(more: object = {}) {
  const n = ++made;
  const [one, two] = [`one-${n}`, `two-${n}`];
  for (const crisis of [one, two])
    expect((await ask('writer', 'POST', '/v1/crises', opening(crisis, { tlp: 'CLEAR' }))).status).toBe(201);
  const path = `/v1/consumers/mine-${n}`;
  const consumer = { type: 'StrikeReported', start: 'head', ...more };
  expect((await ask('green', 'PUT', path, consumer)).status).toBe(201);
  const next = async (query = ''): Promise<Batch> =>
    (await ask('green', 'GET', `${path}/next${query}`)).body as unknown as Batch;
  const ids = async (query = ''): Promise<string[]> => (await next(query)).items.map(({ subject }) => subject);
  const settle = async (how: 'ack' | 'nack', body: object) =>
    (await ask('green', 'POST', `${path}/${how}`, body)).status;
  return { one, two, path, consumer, next, ids, settle };
}

test('two workers get different crises, each in order, and what is acknowledged never comes again', async () => {
  const { one, two, next, ids, settle } = await scene();
  const [a, b, c] = [await strikeIn(one), await strikeIn(two), await strikeIn(one)];
  const first = await next();
  expect([first.crisisId, first.attempt, first.items.map(({ subject }) => subject)]).toEqual([one, 1, [a, c]]);
  expect(first.expiresAt).toBe(new Date(now + 30_000).toISOString());
  const second = await next();
  expect([second.crisisId, second.items.map(({ subject }) => subject)]).toEqual([two, [b]]);
  expect([
    await ids(),
    await settle('ack', { lease: first.lease }),
    await settle('ack', { lease: second.lease }),
  ]).toEqual([[], 200, 200]);
  expect([await ids(), await settle('ack', { lease: first.lease })]).toEqual([[], 409]);
  expect(await ids()).toEqual([]);
});

test('what was leased before the server went down comes again, and the old lease settles nothing', async () => {
  const { one, path, next, settle } = await scene();
  const a = await strikeIn(one);
  const lost = await next();
  await server.restart();
  expect((await ask('green', 'GET', path)).body['leases']).toMatchObject([
    { lease: lost.lease, crisisId: one, items: 1 },
  ]);
  now += 30_000;
  const again = await next();
  expect([again.attempt, again.items.map(({ subject }) => subject)]).toEqual([2, [a]]);
  expect([await settle('ack', { lease: lost.lease }), await settle('ack', { lease: again.lease })]).toEqual([409, 200]);
});

test('what fails holds its crisis back, is parked, listed, replayed and done', async () => {
  const { one, two, path, next, ids, settle } = await scene({ maxAttempts: 2 });
  const [a, b] = [await strikeIn(one), await strikeIn(one)];
  expect(await settle('nack', { lease: (await next()).lease, delaySeconds: 10 })).toBe(200);
  const c = await strikeIn(two);
  expect([await ids(), await ids()]).toEqual([[c], []]);
  now += 10_000;
  const retried = await next();
  expect([retried.attempt, retried.items.map(({ subject }) => subject)]).toEqual([2, [a]]);
  expect((await ask('green', 'POST', `${path}/nack`, { lease: retried.lease })).body).toEqual({ parked: true });
  expect(await settle('ack', { lease: (await next()).lease })).toBe(200);
  const { body } = await ask('green', 'GET', `${path}/parked`);
  expect(body['parked']).toEqual([
    { id: a, eventId: a, crisisId: one, attempts: 2, parkedAt: new Date(now).toISOString(), isReplayed: false },
  ]);
  expect(JSON.stringify(body)).not.toContain('One.');
  expect((await ask('green', 'POST', `${path}/parked/replay`, {})).body).toEqual({ replayed: [a] });
  const replayed = await next();
  expect([replayed.attempt, replayed.items.map(({ subject }) => subject)]).toEqual([1, [a]]);
  expect(await settle('ack', { lease: replayed.lease })).toBe(200);
  expect((await ask('green', 'GET', path)).body).toMatchObject({ parked: 0, retries: [] });
  expect(b).not.toBe(a);
});

test('who waits is told of what comes, and of what another worker gives back', async () => {
  const { one, next, settle } = await scene();
  const waiting = next('?wait=30');
  const a = await strikeIn(one);
  const first = await waiting;
  expect(first.items.map(({ subject }) => subject)).toEqual([a]);
  const other = next('?wait=30');
  expect(await settle('nack', { lease: first.lease, delaySeconds: 0 })).toBe(200);
  expect((await other).items.map(({ subject }) => subject)).toEqual([a]);
});

test('nobody is handed what they may not see, whatever it was when it was leased', async () => {
  const { one, next, ids, settle } = await scene();
  const a = await strikeIn(one, 'GREEN', 'zanzibarite');
  const hidden = await strikeIn(one, 'AMBER', 'zanzibarite');
  const first = await next();
  expect(first.items.map(({ subject }) => subject)).toEqual([a]);
  expect(await settle('nack', { lease: first.lease, delaySeconds: 0 })).toBe(200);
  await mark(one, a, 'AMBER');
  const second = await next();
  expect(second.items.map(({ item, subject }) => [item, subject])).toEqual([['withdraw', a]]);
  expect(JSON.stringify(second)).not.toContain('zanzibarite');
  expect(await settle('ack', { lease: second.lease })).toBe(200);
  expect(await ids()).toEqual([]);
  await mark(one, hidden, 'GREEN');
  expect((await next()).items.map(({ item, subject }) => [item, subject])).toEqual([['release', hidden]]);
});

test('a consumer is its principal’s, of one level, and made once', async () => {
  const { path, consumer } = await scene();
  expect((await ask('green', 'PUT', path, consumer)).status).toBe(200);
  expect((await ask('green', 'PUT', path, { ...consumer, actor: 'IRN' })).body['type']).toBe(
    '/problems/consumer-exists',
  );
  for (const rest of ['', '/next', '/parked'])
    expect((await ask('other', 'GET', path + rest)).body['type']).toBe('/problems/consumer-not-found');
  expect((await ask('other', 'DELETE', path)).status).toBe(404);
  expect((await ask('amber', 'GET', `${path}/next`)).body['type']).toBe('/problems/cursor-level-changed');
  expect((await ask('amber', 'DELETE', path)).status).toBe(200);
  expect((await ask('green', 'GET', path)).status).toBe(404);
});

test('asking for the head leases nothing', async () => {
  const { one, path, ids } = await scene();
  const a = await strikeIn(one);
  const headers = { authorization: `Bearer ${keys['green']}` };
  expect((await fetch(`${server.url}${path}/next`, { method: 'HEAD', headers })).status).toBe(200);
  expect(await ids()).toEqual([a]);
});

test('many leases later the record has kept the state, and a new instance goes on from it', async () => {
  const { one, ids, next, settle, path } = await scene();
  const parked = await strikeIn(one);
  for (let attempt = 0; attempt < 5; attempt++) await settle('nack', { lease: (await next()).lease, delaySeconds: 0 });
  await strikeIn(one);
  for (let i = 0; i < 66; i++) {
    const { lease } = await next();
    const settled = i % 2 ? settle('ack', { lease }) : settle('nack', { lease, delaySeconds: 0 });
    expect(await settled).toBe(200);
    if (i % 2) await strikeIn(one);
  }
  expect(await settle('ack', { lease: (await next()).lease })).toBe(200);
  await server.restart();
  expect(await ids()).toEqual([]);
  expect((await ask('green', 'GET', `${path}/parked`)).body['parked']).toMatchObject([{ id: parked }]);
});

test.each([
  ['PUT', '', { type: 'Nothing' }, 400],
  ['PUT', '', { start: 'yesterday' }, 400],
  ['PUT', '', { crisis: 'nowhere' }, 404],
  ['PUT', '', { more: 1 }, 400],
  ['PUT', '', { maxAttempts: 0 }, 400],
  ['POST', '/ack', {}, 400],
  ['POST', '/ack', { lease: 'x' }, 400],
  ['POST', '/ack', { lease: '99' }, 409],
  ['POST', '/nack', { lease: '99' }, 409],
  ['POST', '/nack', { lease: '1', delaySeconds: -1 }, 400],
  ['POST', '/parked/replay', { ids: 'all' }, 400],
])('%s …%s with %j is refused with %i', async (method, rest, body, status) => {
  const { path } = await scene();
  expect((await ask('green', method, method === 'PUT' ? `${path}-new` : path + rest, body)).status).toBe(status);
});

test('a principal lists its own, has so many and no more, and after removing one may make another', async () => {
  const put = async (name: string) =>
    (await ask('many', 'PUT', `/v1/consumers/${name}`, { type: 'StrikeReported' })).status;
  const listed = async (who: string) =>
    ((await ask(who, 'GET', '/v1/consumers')).body['consumers'] as { name: string }[]).map(({ name }) => name);
  expect(await listed('many')).toEqual([]);
  const names = Array.from({ length: MAX_CONSUMERS }, (_none, i) => `its-${100 + i}`);
  const made = await Promise.all(names.map(put));
  expect(new Set(made)).toEqual(new Set([201]));
  expect(await listed('many')).toEqual(names);
  expect((await listed('other')).filter((name) => names.includes(name))).toEqual([]);
  expect([await put('more'), await put(names[0]!)]).toEqual([409, 200]);
  expect((await ask('many', 'DELETE', `/v1/consumers/${names[7]}`)).status).toBe(200);
  expect(await listed('many')).toEqual(names.filter((name) => name !== names[7]));
  await server.restart();
  expect([await put('more'), await put('still-more')]).toEqual([201, 409]);
  expect((await ask('many', 'GET', '/v1/consumers')).body['consumers']).toContainEqual({
    name: 'more',
    type: 'StrikeReported',
    level: 'GREEN',
    maxAttempts: 5,
  });
});
