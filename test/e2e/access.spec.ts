import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fastify from 'fastify';
import { BASE_LEVELS, ROLES, type Scope, SCOPES } from '#access';
import { createKey, type NewKeyFlags } from '../../apps/cli/src/keys';
import type { Credentials } from '../../apps/api/src/access/credentials';
import { FailedCredentials } from '../../apps/api/src/access/failed-credentials';
import { guardRoutes } from '../../apps/api/src/access/guard';
import { RateLimits } from '../../apps/api/src/access/rate-limits';
import { contact, correction, contentOf, newId, opening, retraction, statement, strike } from '../support/elements';
import { ROOT } from '../support/fixture';
import { type RunningServer, startTestServer } from '../support/running-server';
import { textOf } from '../support/text-of';

const keys: Record<string, string> = {};
const key = (name: string, flags: Partial<NewKeyFlags>): [string, NewKeyFlags] => [
  name,
  { name, level: 'AMBER+STRICT', red: [], days: 1, ...flags },
];
const KEYS = [
  key('reporter', { role: 'reporter' }),
  key('analyst', { role: 'analyst' }),
  key('reader', { role: 'reader' }),
  key('auditor', { role: 'auditor', level: 'CLEAR' }),
  key('operator', { role: 'operator', level: 'CLEAR' }),
  key('cleared', { role: 'analyst', red: ['back-channel'] }),
  key('raiser', { scopes: ['events:append', 'marking:raise'] }),
  key('lowerer', { scopes: ['marking:lower'] }),
  ...SCOPES.map((scope) => key(`only-${scope.replace(/\W/g, '-').replace(/-+$/, '')}`, { scopes: [scope] })),
];
const onlyKeyOf = (scope: Scope): string => keys[`only-${scope.replace(/\W/g, '-').replace(/-+$/, '')}`]!;

let server: RunningServer;
beforeAll(async () => {
  server = await startTestServer(undefined, {
    env: { FAILURE_LIMIT: '1000000' },
    async prepare(dataDir) {
      for (const [name, flags] of KEYS) keys[name] = await createKey(dataDir, flags, Date.now());
    },
  });
  expect((await post('analyst', '/v1/crises', opening('us-iran'))).status).toBe(201);
  expect((await post('cleared', '/v1/crises', opening('back-channel', { tlp: 'RED' }))).status).toBe(201);
});
afterAll(() => server.stop());

const as = (who: string): Record<string, string> => ({ authorization: `Bearer ${keys[who]}` });

/** What these tests look at of an answer. */
interface Body {
  readonly type?: string;
  readonly cursor?: string;
  readonly scopes?: readonly string[];
  readonly crises?: readonly { readonly crisisId: string }[];
  readonly events?: readonly unknown[];
}

async function ask(path: string, init: RequestInit = {}) {
  const response = await fetch(server.url + path, init);
  const text = await textOf(response);
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (text !== '' && /[/+]json($|;)/.test(response.headers.get('content-type') ?? '')
      ? JSON.parse(text)
      : {}) as Body,
  };
}
const get = (who: string, path: string) => ask(path, { headers: as(who) });
const post = (who: string, path: string, body: object, more: Record<string, string> = {}) =>
  ask(path, {
    method: 'POST',
    headers: { ...as(who), 'content-type': 'application/json', ...more },
    body: JSON.stringify(body),
  });

const EVENTS = '/v1/crises/us-iran/events';
/** Every route with an address that exists, and what it takes. */
const ROUTES: readonly (readonly [method: string, path: string, needs: readonly Scope[]])[] = [
  ['POST', '/v1/crises', ['crises:open']],
  ['GET', '/v1/crises', ['views:read']],
  ['GET', '/v1/crises/us-iran', ['views:read', 'log:read', 'events:append']],
  ['POST', EVENTS, ['events:append', 'events:amend', 'marking:raise', 'marking:lower']],
  ['GET', EVENTS, ['log:read']],
  ['GET', `${EVENTS}/00000000-0000-4000-8000-000000000001`, ['log:read']],
  ['GET', '/v1/crises/us-iran/status', ['views:read']],
  ['GET', '/v1/crises/us-iran/risk', ['views:read']],
  ['GET', '/v1/crises/us-iran/risk/series', ['views:read']],
  ['GET', '/v1/crises/us-iran/briefing', ['views:read']],
  ['GET', '/v1/crises/us-iran/status/stream', ['views:read']],
  ['GET', '/v1/crises/us-iran/risk/stream', ['views:read']],
  ['GET', '/v1/feed', ['log:read']],
  ['GET', '/v1/feed/stream', ['log:read']],
  ['GET', '/v1/feed/snapshot', ['log:read']],
  ['GET', '/v1/consumers', ['consumers:use']],
  ['PUT', '/v1/consumers/mine', ['consumers:use']],
  ['GET', '/v1/consumers/mine', ['consumers:use']],
  ['DELETE', '/v1/consumers/mine', ['consumers:use']],
  ['GET', '/v1/consumers/mine/next', ['consumers:use']],
  ['POST', '/v1/consumers/mine/ack', ['consumers:use']],
  ['POST', '/v1/consumers/mine/nack', ['consumers:use']],
  ['GET', '/v1/consumers/mine/parked', ['consumers:use']],
  ['POST', '/v1/consumers/mine/parked/replay', ['consumers:use']],
  ['GET', '/v1/audit/tree-head', ['log:prove']],
  ['GET', '/v1/audit/proofs/inclusion', ['log:prove']],
  ['GET', '/v1/audit/proofs/consistency', ['log:prove']],
  ['GET', '/v1/audit/bundle', ['log:prove', 'log:read']],
  ['GET', '/v1/audit/replay', ['log:read']],
  ['GET', '/v1/audit/diff', ['log:read']],
  ['GET', '/metrics', ['ops:*']],
  ['POST', '/v1/session', SCOPES],
  ['GET', '/v1/session', SCOPES],
];

describe('a route', () => {
  const methods = ROUTES.flatMap(([method, path, needs]) =>
    method === 'GET'
      ? ([
          [method, path, needs],
          ['HEAD', path, needs],
        ] as const)
      : ([[method, path, needs]] as const),
  );

  test.each(methods)('%s %s refuses who brings no credential that holds', async (method, path) => {
    for (const headers of [
      {},
      { authorization: '' },
      { authorization: 'Bearer' },
      { authorization: `Basic ${keys['analyst']}` },
      { authorization: `Bearer ${keys['analyst']!.slice(0, -1)}x` },
      { authorization: `Bearer ${keys['analyst']!} ${keys['analyst']!}` },
      { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9.' },
      { cookie: `crisislog_session=${keys['analyst']}` },
      { 'x-api-key': keys['analyst']! },
    ]) {
      const { status, headers: answered } = await ask(path, { method, headers });
      expect([status, answered.get('www-authenticate'), headers]).toEqual([401, 'Bearer realm="crisis-log"', headers]);
    }
    const query = `${path}?access_token=${keys['analyst']}&authorization=${keys['analyst']}`;
    expect((await ask(query, { method })).status).toBe(401);
  });

  test.each(methods)('%s %s takes its scopes and no other', async (method, path, needs) => {
    for (const scope of SCOPES) {
      const { status } = await ask(path, { method, headers: { authorization: `Bearer ${onlyKeyOf(scope)}` } });
      expect([scope, status === 403]).toEqual([scope, !needs.includes(scope)]);
      expect(status).not.toBe(401);
    }
  });

  test('is listed here if it is not public', () => {
    const listed = ROUTES.map(([method, path]) => `${method} ${path}`);
    const asked = (url: string): string =>
      url
        .replace(':crisisId', 'us-iran')
        .replace(':name', 'mine')
        .replace(':eventId', '00000000-0000-4000-8000-000000000001');
    const open = [...server.needs].filter(([, scopes]) => scopes.length === 0).map(([route]) => route);
    const guarded = [...server.needs].filter(([, scopes]) => scopes.length > 0).map(([route]) => asked(route));
    expect(guarded.filter((route) => !route.startsWith('HEAD')).sort()).toEqual([...listed].sort());
    expect(open.filter((route) => !route.startsWith('HEAD')).sort()).toEqual([
      'DELETE /v1/session',
      'GET /',
      'GET /asyncapi.json',
      'GET /docs',
      'GET /docs/:file',
      'GET /health/live',
      'GET /health/ready',
      'GET /openapi.json',
      'GET /problems/:type',
      'GET /v1/schemas/:type',
      'GET /v1/schemas/:type/:version',
      'GET /v1/schemas/:type/:version/read',
    ]);
  });

  test('that does not say who may use it is not registered', () => {
    const bare = fastify();
    guardRoutes(bare, {} as Credentials, new RateLimits(1), new FailedCredentials(new RateLimits(1)));
    expect(() => bare.get('/v1/secret', () => 'secret')).toThrow(/GET \/v1\/secret says nothing of who may use it/);
  });
});

describe('an event takes the scope of its type', () => {
  const original = strike();
  beforeAll(async () => {
    expect((await post('reporter', EVENTS, original)).status).toBe(201);
  });
  const id = original['eventId'] as string;
  const marking = (value: string): object => ({
    type: 'MarkingChanged',
    occurredAt: '2026-02-06T00:00:00Z',
    data: { target: id, marking: value, reason: 'test' },
  });

  test.each<[string, () => object | object[], string, number, string | undefined]>([
    ['a report', () => contact(), 'reporter', 201, undefined],
    ['a report', () => contact(), 'lowerer', 403, 'events:append'],
    ['a correction', () => correction(id, contentOf(strike())), 'reporter', 403, 'events:amend'],
    ['a correction', () => correction(id, contentOf(strike())), 'analyst', 201, undefined],
    ['a retraction', () => retraction(id), 'raiser', 403, 'events:amend'],
    [
      'an amended frame',
      () => ({ type: 'CrisisClosed', occurredAt: '2026-02-06T00:00:00Z' }),
      'reporter',
      403,
      'events:amend',
    ],
    ['one of an array', () => [contact(), retraction(id)], 'reporter', 403, 'events:amend'],
    ['a raised marking', () => marking('AMBER'), 'lowerer', 403, 'marking:raise'],
    ['a raised marking', () => marking('AMBER'), 'raiser', 201, undefined],
    ['a lowered marking', () => marking('GREEN'), 'raiser', 403, 'marking:lower'],
    ['a lowered marking', () => marking('GREEN'), 'lowerer', 201, undefined],
    ['a change of marking', () => marking('GREEN'), 'only-events-append', 403, 'marking:raise'],
  ])('%s: %p sent by %s is answered %i', async (_what, element, who, status, scope) => {
    const answer = await post(who, EVENTS, element());
    expect([answer.status, answer.body.scopes?.[0]]).toEqual([status, scope]);
  });

  test('line by line', async () => {
    const lines = [contact(), retraction(id), contact()].map((each) => JSON.stringify(each)).join('\n');
    const { text } = await ask(EVENTS, {
      method: 'POST',
      headers: { ...as('reporter'), 'content-type': 'application/x-ndjson' },
      body: lines,
    });
    const statuses = text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { status: number }).status);
    expect(statuses).toEqual([201, 403, 201]);
  });
});

describe('a crisis below whose floor one stands', () => {
  const HIDDEN = '/v1/crises/back-channel';
  const ABSENT = '/v1/crises/nothing-here';
  const same = (answer: { status: number; text: string }) => [
    answer.status,
    answer.text.replaceAll('back-channel', 'nothing-here'),
  ];
  const token = async () => (await post('analyst', EVENTS, strike())).body.cursor!;

  type Sent = [string, (crisis: string) => Promise<{ status: number; text: string }>];
  test.each<Sent>([
    ['its frame', (crisis) => get('analyst', crisis)],
    ['its events', (crisis) => get('analyst', `${crisis}/events`)],
    ...['risk', 'status', 'briefing', 'risk/series', 'risk/stream', `events/${newId()}`].map((view): Sent => [
      `its ${view.split('-')[0]}`,
      (crisis) => get('analyst', `${crisis}/${view}`),
    ]),
    ...['feed', 'feed/stream', 'feed/snapshot', 'audit/replay', 'audit/diff'].map((view): Sent => [
      view,
      (crisis) => get('analyst', `/v1/${view}?crisis=${crisis.split('/').at(-1)}`),
    ]),
    ['an append', (crisis) => post('analyst', `${crisis}/events`, strike())],
    ['an append of what is there', (crisis) => post('analyst', `${crisis}/events`, theirs)],
    ['an append with *', (crisis) => post('analyst', `${crisis}/events`, strike(), { 'if-match': '*' })],
    [
      'an append with a token',
      async (crisis) => post('analyst', `${crisis}/events`, strike(), { 'if-match': `"${await token()}"` }),
    ],
    ['an array', (crisis) => post('analyst', `${crisis}/events`, [strike(), theirs])],
    ['a reference', (crisis) => post('analyst', `${crisis}/events`, retraction(theirs['eventId'] as string))],
  ])('%s is answered as if there were none', async (_what, send) => {
    expect((await send(HIDDEN)).status).toBe(404);
    expect(same(await send(HIDDEN))).toEqual(same(await send(ABSENT)));
  });
  const theirs = strike({ tlp: 'RED' });
  beforeAll(async () => {
    expect((await post('cleared', `${HIDDEN}/events`, theirs)).status).toBe(201);
  });

  test('is listed, and read, by who is RED there and nowhere else', async () => {
    const named = async (who: string) => (await get(who, '/v1/crises')).body.crises!.map((its) => its.crisisId);
    expect([await named('analyst'), await named('cleared')]).toEqual([['us-iran'], ['back-channel', 'us-iran']]);
    expect((await get('cleared', `${HIDDEN}/events`)).body.events).toHaveLength(2);
    const secret = statement({ tlp: 'RED' });
    expect((await post('analyst', EVENTS, secret)).status).toBe(201);
    expect((await get('cleared', `${EVENTS}/${secret['eventId'] as string}`)).status).toBe(404);
  });

  test('may be appended above one’s level by who sees it, and is not read back', async () => {
    const above = strike({ tlp: 'RED' });
    expect((await post('analyst', EVENTS, above)).status).toBe(201);
    expect((await post('analyst', EVENTS, above)).status).toBe(200);
    expect((await post('reporter', EVENTS, above)).body.type).toBe('/problems/event-id-taken');
    expect((await get('analyst', `${EVENTS}/${above['eventId'] as string}`)).status).toBe(404);
  });
});

describe('numbers', () => {
  test('are shown for log:prove only', async () => {
    expect((await get('reader', EVENTS)).text).not.toMatch(/"(revision|position)"/);
    expect((await get('auditor', EVENTS)).text).toMatch(/"revision":0,"position":0/);
    expect((await post('analyst', EVENTS, strike())).text).not.toMatch(/"(revision|position)"/);
  });

  test('of the whole record are shown to operators only', async () => {
    expect((await ask('/health/ready')).body).toEqual({ status: 'ok' });
    expect((await get('analyst', '/health/ready')).body).toEqual({ status: 'ok' });
    expect((await get('operator', '/health/ready')).body).toMatchObject({ record: { engine: 'sqlite' } });
  });
});

describe('a session', () => {
  const begin = async (who: string) =>
    (await ask('/v1/session', { method: 'POST', headers: as(who) })).headers.get('set-cookie')!;

  test('is a cookie that scripts cannot read and other sites cannot send', async () => {
    expect(await begin('analyst')).toMatch(
      /^crisislog_session=[\w.-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43\d{3}$/,
    );
  });

  test('reads what its key reads, and writes nothing', async () => {
    const cookie = (await begin('analyst')).split(';')[0]!;
    expect((await ask('/v1/crises', { headers: { cookie } })).status).toBe(200);
    expect((await ask('/v1/session', { headers: { cookie } })).body).toMatchObject({
      principal: 'analyst',
      scopes: ['views:read', 'log:read'],
    });
    const write = await ask(EVENTS, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: JSON.stringify(strike()),
    });
    expect(write.status).toBe(401);
    for (const changed of [`${cookie}x`, cookie.replace(/\.(\d)/, '.9$1'), 'crisislog_session=a.b.c'])
      expect([changed, (await ask('/v1/crises', { headers: { cookie: changed } })).status]).toEqual([changed, 401]);
  });

  test('is forgotten when it is given back', async () => {
    const { headers } = await ask('/v1/session', { method: 'DELETE' });
    expect(headers.get('set-cookie')).toMatch(/^crisislog_session=; .*Max-Age=0/);
  });
});

describe('a key that is revoked', () => {
  test('ends, with its sessions and streams, within 5 s, by another process', async () => {
    const secret = await createKey(server.dataDir, key('leaver', { role: 'analyst' })[1], Date.now());
    const credential = { authorization: `Bearer ${secret}` };
    const status = async (headers: Record<string, string>) => (await ask('/v1/crises', { headers })).status;
    await until(async () => (await status(credential)) === 200);
    const cookie = (await ask('/v1/session', { method: 'POST', headers: credential })).headers
      .get('set-cookie')!
      .split(';')[0]!;
    expect(await status({ cookie })).toBe(200);
    const cli = (...args: string[]): string =>
      execFileSync(
        process.execPath,
        [join(ROOT, 'bin', 'crisis-log.js'), 'keys', ...args, '--data-dir', server.dataDir],
        {
          encoding: 'utf8',
        },
      );
    const line = cli('list')
      .split('\n')
      .find((each) => each.includes('leaver'))!;
    expect(line).toMatch(/^\S{10}\tholds\t/);
    const begun = performance.now();
    cli('revoke', line.split('\t')[0]!);
    await until(async () => (await status(credential)) === 401);
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(await status({ cookie })).toBe(401);
    expect(cli('list')).toMatch(/\trevoked\t\S+\tleaver/);
  });
});

describe('the roles', () => {
  test('of an operator reads no payload, and none is RED by itself', () => {
    expect(ROLES.operator).toEqual(['ops:*']);
    expect(BASE_LEVELS).not.toContain('RED');
  });
});

/** A condition that another process brings about; the test's own time limit ends the wait. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}
