import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkChain } from '#access';
import { createKey } from '../../apps/cli/src/keys';
import { opening, strike } from '../support/elements';
import { type RunningServer, startTestServer } from '../support/running-server';

const LIMIT = 200;
const outside = mkdtempSync(join(tmpdir(), 'crisis-log-outside-'));
const log = join(outside, 'red', 'reads.ndjson');
const keys: Record<string, string> = {};
let server: RunningServer;
beforeAll(async () => {
  server = await startTestServer(undefined, {
    env: { RATE_LIMIT: String(LIMIT), ACCESS_LOG: log },
    async prepare(dataDir) {
      const make = async (name: string, red: string[], level: 'CLEAR' | 'AMBER') =>
        (keys[name] = await createKey(dataDir, { name, role: 'analyst', level, red, days: 1 }, Date.now()));
      await make('ana', ['quiet'], 'AMBER');
      await make('ben', [], 'AMBER');
      await make('clear', [], 'CLEAR');
      await make('hasty', [], 'CLEAR');
      await make('greedy', [], 'CLEAR');
    },
  });
  for (const crisis of ['quiet', 'open']) expect((await post('ana', '/v1/crises', opening(crisis))).status).toBe(201);
});
afterAll(async () => {
  await server.stop();
  rmSync(outside, { recursive: true });
});

const get = (who: string, path: string, headers: Record<string, string> = {}) =>
  fetch(server.url + path, { headers: { ...headers, authorization: `Bearer ${keys[who]}` } });
const post = (who: string, path: string, body: object) =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys[who]}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const logged = (): { who: string; crises: string[]; question: { kind: string } }[] =>
  existsSync(log)
    ? readFileSync(log, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as ReturnType<typeof logged>[number])
    : [];

describe('a read of what is RED', () => {
  test('is on record before it is answered; other reads are not', async () => {
    await (await get('ana', '/v1/crises/quiet/risk')).text();
    expect(logged()).toEqual([]);
    const secret = strike({ tlp: 'RED' });
    expect((await post('ana', '/v1/crises/quiet/events', secret)).status).toBe(201);
    const paths = [
      '/risk',
      '/status',
      '/risk/series',
      '/briefing',
      '/events',
      `/events/${secret['eventId'] as string}`,
      '',
    ];
    for (const [i, path] of paths.entries()) {
      const response = await get('ana', `/v1/crises/quiet${path}`);
      expect([path, response.status, logged().length]).toEqual([path, 200, i + 1]);
    }
    expect((await get('ana', '/v1/crises')).status).toBe(200);
    expect((await get('ana', '/v1/crises/quiet/events', { accept: 'application/x-ndjson' })).status).toBe(200);
    expect(logged().map(({ who, crises }) => [who, ...crises])).toEqual(
      paths.concat('', '').map(() => ['ana', 'quiet']),
    );
    const before = logged().length;
    for (const who of ['ben', 'clear']) await (await get(who, '/v1/crises/quiet/events')).text();
    await (await get('ana', '/v1/crises/open/events')).text();
    expect(logged()).toHaveLength(before);
    expect(await checkChain(readFileSync(log, 'utf8').trimEnd().split('\n'))).toMatchObject({ lines: before });
  });

  test('is refused where it cannot be put on record, and nothing of it is shown', async () => {
    await server.restart();
    rmSync(join(outside, 'red'), { recursive: true });
    writeFileSync(join(outside, 'red'), '');
    const refused = await get('ana', '/v1/crises/quiet/events');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await refused.text()).toMatch(/"type":"\/problems\/access-log"(?!.*StrikeReported)/);
    expect((await get('ben', '/v1/crises/quiet/events')).status).toBe(200);
    expect((await post('ana', '/v1/crises/quiet/events', strike())).status).toBe(201);
    rmSync(join(outside, 'red'));
    mkdirSync(join(outside, 'red'));
    expect((await get('ana', '/v1/crises/quiet/events')).status).toBe(200);
  });
});

describe('a read of what is RED on an open server', () => {
  test.each([
    [true, 1],
    [false, 0],
  ])('is on record as that of `open` where the log is set by name (%p)', async (isSet, count) => {
    const path = join(outside, 'open.ndjson');
    const open = await startTestServer(undefined, isSet ? { env: { ACCESS_LOG: path } } : {});
    try {
      const send = (url: string, body: object) =>
        fetch(open.url + url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
      await send('/v1/crises', opening('quiet'));
      expect((await send('/v1/crises/quiet/events', strike({ tlp: 'RED' }))).status).toBe(201);
      expect((await fetch(`${open.url}/v1/crises/quiet/events`)).status).toBe(200);
      const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
      expect(lines.map((line) => (JSON.parse(line) as { who: string }).who)).toEqual(Array(count).fill('open'));
      expect(existsSync(`${open.dataDir}-access`)).toBe(false);
    } finally {
      await open.stop();
      rmSync(path, { force: true });
    }
  });
});

describe('a principal', () => {
  test('has a quota, is told of it, and takes nothing from others by using it up', async () => {
    const answers: Response[] = [];
    for (let i = 0; i < LIMIT + 20; i++) answers.push(await get('hasty', '/v1/session'));
    expect(answers[0]!.headers.get('ratelimit-policy')).toBe(`"principal";q=${LIMIT};w=60`);
    expect(answers[0]!.headers.get('ratelimit')).toMatch(/^"principal";r=199;t=\d+$/);
    const refused = answers.find(({ status }) => status === 429)!;
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ type: '/problems/too-many-requests' });
    expect((await get('ben', '/v1/session')).status).toBe(200);
  });

  test('has five streams at a time', async () => {
    const ends: (() => void)[] = [];
    const begin = () =>
      fetch(`${server.url}/v1/crises/open/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${keys['greedy']}`, 'content-type': 'application/x-ndjson' },
        duplex: 'half',
        body: new ReadableStream({
          start(controller) {
            controller.enqueue(Buffer.from(`${JSON.stringify(strike())}\n`));
            ends.push(() => controller.close());
          },
        }),
      });
    const streams = await Promise.all([1, 2, 3, 4, 5].map(begin));
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect((await begin()).status).toBe(429);
    ends.slice(0, 5).forEach((end) => end());
    await Promise.all(streams.map((stream) => stream.text()));
    const again = begin();
    ends.at(-1)!();
    expect((await again).status).toBe(200);
  });
});

describe('an answer', () => {
  test.each([
    ['ana', '/v1/crises', 'no-store'],
    ['ben', '/v1/crises/open/events', 'no-store'],
    ['clear', '/v1/crises/open/events', 'private, no-cache'],
  ])('to %s is kept by nobody it is not for', async (who, path, cacheControl) => {
    const { headers } = await get(who, path);
    expect(headers.get('cache-control')).toBe(cacheControl);
    expect(headers.get('content-encoding')).toBeNull();
  });

  test('shows a browser nothing it could run, frame or guess', async () => {
    for (const path of ['/v1/crises', '/v1/nothing', '/health/live']) {
      const { headers } = await get('ana', path);
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });
});
