import { SystemStream } from '#event-log';
import { KeyBook } from '#access';
import { createKey, revokeKey } from '../../apps/cli/src/keys';
import { opening, strike } from '../support/elements';
import { startIssuer, type TestIssuer } from '../support/issuer';
import { messagesOf } from '../support/event-stream';
import { type RunningServer, startTestServer } from '../support/running-server';

/** What is promised of a revocation, and holds for whatever else ends a credential. */
const PROMISED_MS = 5_000;
const STREAMS = ['/v1/feed/stream', '/v1/crises/us-iran/risk/stream', '/v1/crises/us-iran/status/stream'];

let server: RunningServer;
let issuer: TestIssuer;
const prepared = async (dataDir: string): Promise<void> => {
  writer = await createKey(dataDir, { name: 'writer', role: 'analyst', level: 'AMBER', red: [], days: 1 }, Date.now());
};
let writer: string;
beforeAll(async () => {
  issuer = await startIssuer();
  // Whoever waits here for a credential to end asks with one that has.
  const env = { ...issuer.env, FAILURE_LIMIT: '100000' };
  server = await startTestServer(undefined, { env, prepare: prepared });
  await append(server, '/v1/crises', opening('us-iran'), writer);
});
afterAll(async () => {
  await server.stop();
  await issuer.stop();
});

async function append({ url }: RunningServer, path: string, body: object, secret?: string): Promise<void> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(secret && { authorization: `Bearer ${secret}` }) },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(201);
}

/** Streams that are open and have said something. `ended` resolves when all are at their end. */
async function listen({ url }: RunningServer, headers: Record<string, string>) {
  const streams = STREAMS.map((path) => messagesOf(url + path, headers));
  await Promise.all(streams.map((stream) => stream.next()));
  const ended = Promise.all(
    streams.map(async (stream) => {
      try {
        while (!(await stream.next()).done);
      } catch {
        // A stream that is cut does not end as it should.
      }
    }),
  );
  return { ended };
}

async function endedInTime(ended: Promise<unknown>, begun: number): Promise<void> {
  await ended;
  expect(performance.now() - begun).toBeLessThan(PROMISED_MS);
}

describe('streams that are open end', () => {
  const newKey = () =>
    createKey(server.dataDir, { name: 'listener', role: 'reader', level: 'AMBER', red: [], days: 1 }, Date.now());
  const revoke = (dataDir: string): Promise<void> => {
    const stream = SystemStream.open(dataDir, 'crisislog-principals');
    const key = new KeyBook(stream).list().findLast(({ name }) => name === 'listener')!;
    stream.close();
    return revokeKey(dataDir, key.keyId, Date.now());
  };
  const taken = async (secret: string): Promise<void> => {
    const headers = { authorization: `Bearer ${secret}` };
    while ((await fetch(`${server.url}/v1/session`, { headers })).status !== 200)
      await new Promise((resolve) => setTimeout(resolve, 50));
  };

  test('when their key is revoked', async () => {
    const secret = await newKey();
    await taken(secret);
    const { ended } = await listen(server, { authorization: `Bearer ${secret}` });
    const begun = performance.now();
    await revoke(server.dataDir);
    await endedInTime(ended, begun);
  });

  test('when the key behind their session is revoked', async () => {
    const secret = await newKey();
    await taken(secret);
    const session = await fetch(`${server.url}/v1/session`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
    });
    const { ended } = await listen(server, { cookie: session.headers.get('set-cookie')!.split(';')[0]! });
    const begun = performance.now();
    await revoke(server.dataDir);
    await endedInTime(ended, begun);
  });

  test('when their token expires', async () => {
    const exp = Math.ceil(Date.now() / 1000) + 2;
    const token = await issuer.sign({ exp, scope: 'views:read log:read' });
    const { ended } = await listen(server, { authorization: `Bearer ${token}` });
    await endedInTime(ended, performance.now() + (exp * 1000 - Date.now()));
  });

  test('when the server that was open gets its first key', async () => {
    const open = await startTestServer();
    try {
      await append(open, '/v1/crises', opening('us-iran'));
      const { ended } = await listen(open, {});
      const begun = performance.now();
      const flags = { name: 'first', role: 'analyst', level: 'AMBER', red: [], days: 1 } as const;
      const first = await createKey(open.dataDir, flags, Date.now());
      await endedInTime(ended, begun);
      expect((await fetch(`${open.url}/v1/crises`)).status).toBe(401);
      await append(open, '/v1/crises/us-iran/events', strike(), first);
    } finally {
      await open.stop();
    }
  });
});

describe('while the issuer of tokens is away', () => {
  const status = async (token: string): Promise<number> =>
    (await fetch(`${server.url}/v1/session`, { headers: { authorization: `Bearer ${token}` } })).status;

  test('tokens by its known keys are taken, those by others are not, and it is not stormed', async () => {
    const scope = 'views:read';
    expect(await status(await issuer.sign({ scope }))).toBe(200);
    issuer.isAway = true;
    const asked = issuer.asked;
    expect(await status(await issuer.sign({ scope, jti: 'another' }))).toBe(200);
    const unknown = await issuer.sign({ scope }, { kid: 'unknown' });
    const answers = await Promise.all(Array.from({ length: 40 }, () => status(unknown)));
    // Which of the two depends on how long ago the set was fetched (`issuer-keys.spec`).
    expect(answers.filter((answer) => answer !== 401 && answer !== 503)).toEqual([]);
    expect(issuer.asked - asked).toBeLessThanOrEqual(1);
    expect(await status(await issuer.sign({ scope, jti: 'one more' }))).toBe(200);
  });
});

describe('an address that guesses', () => {
  /** Few, so that the next is due only in ten seconds, however slow the machine. */
  const LIMIT = 6;
  const limited = { FAILURE_LIMIT: String(LIMIT) };
  let guessed: RunningServer;
  beforeAll(async () => {
    issuer.isAway = false;
    guessed = await startTestServer(undefined, { env: { ...issuer.env, ...limited }, prepare: prepared });
  });
  afterAll(() => guessed.stop());
  const ask = async ({ url }: RunningServer, authorization?: string, from?: string): Promise<number> => {
    const headers = { ...(authorization && { authorization }), ...(from && { 'x-forwarded-for': from }) };
    return (await fetch(`${url}/v1/session`, { headers })).status;
  };

  test('is not one that gives sessions back', async () => {
    const headers = { authorization: `Bearer ${writer}` };
    const begun = await fetch(`${guessed.url}/v1/session`, { method: 'POST', headers });
    const cookie = begun.headers.get('set-cookie')!.split(';')[0]!;
    for (let i = 0; i <= LIMIT; i++) {
      const ended = await fetch(`${guessed.url}/v1/session`, { method: 'DELETE', headers: { cookie } });
      expect(ended.status).toBe(200);
    }
  });

  test('is told to wait, and takes nothing from who has a credential', async () => {
    const known = `Bearer ${await issuer.sign({ scope: 'views:read' })}`;
    expect(await ask(guessed, known)).toBe(200);
    for (let i = 0; i < 2 * LIMIT; i++) expect(await ask(guessed)).toBe(401);
    for (let i = 0; i < LIMIT; i++) expect(await ask(guessed, 'Bearer guess')).toBe(401);
    const statuses: number[] = [];
    while (statuses.length < LIMIT) statuses.push(await ask(guessed, `Bearer clk_${statuses.length}`));
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(LIMIT / 2);
    const refused = await fetch(`${guessed.url}/v1/session`, { headers: { cookie: 'crisislog_session=a.1.b' } });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ type: '/problems/too-many-requests' });
    expect([await ask(guessed, `Bearer ${writer}`), await ask(guessed, known), await ask(guessed)]).toEqual([
      200, 200, 401,
    ]);
  });

  test('is the one that a trusted proxy names; from anywhere else that is not believed', async () => {
    const env = { TRUSTED_PROXIES: '127.0.0.1', ...limited };
    const trusting = await startTestServer(undefined, { env, prepare: prepared });
    try {
      for (let i = 0; i <= LIMIT; i++) await ask(trusting, 'Bearer guess', '192.0.2.1');
      expect(await ask(trusting, 'Bearer guess', '192.0.2.1')).toBe(429);
      expect(await ask(trusting, 'Bearer guess', '192.0.2.2')).toBe(401);
    } finally {
      await trusting.stop();
    }
    for (let i = 0; i <= LIMIT; i++) await ask(guessed, 'Bearer guess', `192.0.2.${i}`);
    expect(await ask(guessed, 'Bearer guess', '192.0.2.200')).toBe(429);
  });
});
