import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { opening, strike } from '../support/elements';
import { type RunningServer, startTestServer } from '../support/running-server';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

const ISSUER = 'https://id.example';
const AUDIENCE = 'crisis-log';
const START = Date.UTC(2026, 10, 1);
let now = START;
let ours: Pair;
let theirs: Pair;
let issuer: Server;
let server: RunningServer;

beforeAll(async () => {
  [ours, theirs] = await Promise.all([generateKeyPair('ES256', { extractable: true }), generateKeyPair('ES256')]);
  const keys = JSON.stringify({
    keys: [{ ...(await exportJWK(ours.publicKey)), kid: 'one', use: 'sig', alg: 'ES256' }],
  });
  issuer = createServer((_request, response) => response.setHeader('content-type', 'application/json').end(keys));
  await once(issuer.listen(0, '127.0.0.1'), 'listening');
  const jwksUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/keys`;
  server = await startTestServer(() => now, {
    env: { JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE, JWKS_URL: jwksUrl, FAILURE_LIMIT: '1000000' },
  });
});
afterAll(async () => {
  await server.stop();
  issuer.closeAllConnections();
  issuer.close();
});

const SCOPE = 'crises:open events:append log:read views:read';
const claims = (more: object = {}): JWTPayload => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'ana',
  client_id: 'desk',
  jti: '1',
  iat: START / 1000,
  exp: START / 1000 + 600,
  scope: SCOPE,
  crisislog_level: 'AMBER',
  crisislog_red: ['quiet'],
  ...more,
});

const sign = (payload: JWTPayload, header: object = {}, pair: Pair = ours): Promise<string> =>
  new SignJWT(payload).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'one', ...header }).sign(pair.privateKey);

/** Without a library, which would refuse to. */
const forge = (header: object, key: string): string => {
  const text = [header, claims()].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const mac = key === '' ? '' : createHmac('sha256', key).update(text).digest('base64url');
  return `${text}.${mac}`;
};

const status = async (token: string, path = '/v1/crises'): Promise<number> =>
  (await fetch(server.url + path, { headers: { authorization: `Bearer ${token}` } })).status;

test('a token of the issuer is taken, with its level, its RED crises and its scopes', async () => {
  const token = await sign(claims());
  const answer = await fetch(`${server.url}/v1/session`, { headers: { authorization: `Bearer ${token}` } });
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { principal: 'jwt:ana', level: 'AMBER', red: ['quiet'], scopes: SCOPE.split(' ') },
  ]);
});

test('what it appends bears its principal', async () => {
  const headers = { authorization: `Bearer ${await sign(claims())}`, 'content-type': 'application/json' };
  const post = (path: string, body: object) =>
    fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  expect((await post('/v1/crises', opening('signed'))).status).toBe(201);
  expect((await post('/v1/crises/signed/events', strike())).status).toBe(201);
  const page = await fetch(`${server.url}/v1/crises/signed/events`, { headers });
  const { events } = (await page.json()) as { events: { recordedBy: { principal: string } }[] };
  expect(events.map((event) => event.recordedBy.principal)).toEqual(['jwt:ana', 'jwt:ana']);
});

describe('a token is refused', () => {
  const S = START / 1000;
  const without = (name: string): JWTPayload => {
    const { [name]: _left, ...rest } = claims();
    return rest;
  };

  test.each<[string, () => string | Promise<string>]>([
    ['that is not signed', () => forge({ alg: 'none', typ: 'at+jwt' }, '')],
    ['whose signature is left out', async () => `${(await sign(claims())).split('.').slice(0, 2).join('.')}.`],
    [
      'whose key is the public one, taken for a secret',
      async () => forge({ alg: 'HS256', typ: 'at+jwt', kid: 'one' }, await exportSPKI(ours.publicKey)),
    ],
    ['by another key', () => sign(claims(), {}, theirs)],
    ['by a key that is not in the set', () => sign(claims(), { kid: 'two' }, theirs)],
    ['that is an ID token', () => sign(claims(), { typ: 'JWT' })],
    ['without a type', () => sign(claims(), { typ: undefined })],
    ['of another issuer', () => sign(claims({ iss: 'https://id.example/' }))],
    ['for somebody else', () => sign(claims({ aud: 'crisis-log-test' }))],
    ['that has expired', () => sign(claims({ exp: S - 11 }))],
    ['that is not valid yet', () => sign(claims({ nbf: S + 60 }))],
    ...['iss', 'aud', 'sub', 'client_id', 'jti', 'exp', 'iat'].map((name): [string, () => Promise<string>] => [
      `without ${name}`,
      () => sign(without(name)),
    ]),
    ['with an empty subject', () => sign(claims({ sub: '' }))],
    ['with a subject that is too long to store', () => sign(claims({ sub: 'x'.repeat(201) }))],
    ['that is RED everywhere', () => sign(claims({ crisislog_level: 'RED' }))],
    ['with a level that there is not', () => sign(claims({ crisislog_level: 'SECRET' }))],
    ['with crises that are no names', () => sign(claims({ crisislog_red: ['$all'] }))],
    ['with a crisis instead of a list', () => sign(claims({ crisislog_red: 'quiet' }))],
    ['with scopes as a list', () => sign(claims({ scope: ['log:read'] }))],
    ['that is too long', () => sign(claims({ more: 'x'.repeat(8_192) }))],
    [
      'with a changed claim',
      async () => (await sign(claims())).replace(/\.(.)/, (_, c: string) => (c === 'e' ? '.f' : '.e')),
    ],
  ])('%s', async (_, token) => {
    expect(await status(await token())).toBe(401);
  });

  test('whose scopes do not suffice, with 403', async () => {
    expect(await status(await sign(claims({ scope: 'views:read everything admin' })), '/v1/crises/x/events')).toBe(403);
  });
});

test('a token without a level reads what is CLEAR', async () => {
  const { crisislog_level: _level, crisislog_red: _red, ...rest } = claims();
  const answer = await fetch(`${server.url}/v1/session`, { headers: { authorization: `Bearer ${await sign(rest)}` } });
  expect(await answer.json()).toMatchObject({ level: 'CLEAR', red: [] });
});

test('a token that was taken is not taken any longer than it lives', async () => {
  const token = await sign(claims({ exp: START / 1000 + 20 }));
  expect(await status(token)).toBe(200);
  now = START + 19_000;
  expect(await status(token)).toBe(200);
  now = START + 31_000;
  expect(await status(token)).toBe(401);
  now = START;
});

test('a server with an issuer is not open', async () => {
  expect((await fetch(`${server.url}/v1/crises`)).status).toBe(401);
});
