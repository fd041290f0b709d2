import { opening, strike } from '../support/elements';
import { type RunningServer, startTestServer } from '../support/running-server';

let server: RunningServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.http.post('/v1/crises').send(opening('us-iran')).expect(201);
});
afterAll(() => server.stop());

const events = '/v1/crises/us-iran/events';
const text = JSON.stringify(strike());
const withField = (field: string): string => `${text.slice(0, -1)},${field}}`;

/** Hostile bodies: each gets a 4xx problem that names the matter, and nothing is stored. */
const BODIES: readonly (readonly [name: string, body: string | Buffer, status: number, says: RegExp])[] = [
  ['truncated JSON', text.slice(0, -5), 400, /not JSON/],
  ['trailing data', `${text} 1`, 400, /not JSON/],
  ['an empty body', '', 400, /not JSON/],
  ['a byte order mark', `\uFEFF${text}`, 400, /byte order mark/],
  [
    'invalid UTF-8',
    Buffer.concat([
      Buffer.from(text.slice(0, -1)),
      Buffer.from(',"summary":"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}'),
    ]),
    400,
    /UTF-8/,
  ],
  ['a duplicate key', withField('"tlp":"RED"'), 400, /"tlp" stands twice/],
  ['an escaped member name', withField('"\\u0073ummary2":1'), 400, /escape/],
  ['__proto__', withField('"__proto__":{"polluted":true}'), 400, /__proto__/],
  ['constructor.prototype', withField('"constructor":{"prototype":{}}'), 422, /constructor/],
  ['an integer beyond 2^53', withField('"data2":9007199254740993'), 400, /2\^53/],
  ['a number beyond a double', withField('"x":1e400'), 400, /too large/],
  ['a lone surrogate', withField('"admin":"\\ud800"'), 400, /surrogate/],
  ['depth', withField(`"x":${'['.repeat(40)}${']'.repeat(40)}`), 400, /levels/],
  ['an unknown field', withField('"severity":9'), 422, /severity/],
  ['a derived field', withField('"goldstein":-10'), 422, /derived/],
  ['an event that is a string', '"strike"', 422, /./],
  ['null', 'null', 422, /./],
  ['an empty array', '[]', 400, /empty/],
  ['too many in one array', JSON.stringify(Array.from({ length: 101 }, () => strike())), 413, /100 events/],
  ['more than a megabyte', JSON.stringify({ ...strike(), summary: 'x'.repeat(1_100_000) }), 413, /./],
  ['NUL in a text', JSON.stringify({ ...strike(), summary: 'a\u0000b' }), 422, /summary/],
  ['a day that does not exist', JSON.stringify(strike({ occurredAt: '2026-02-30T00:00:00Z' })), 422, /occurredAt/],
  ['a time without a zone', JSON.stringify(strike({ occurredAt: '2026-02-03T00:00:00' })), 422, /occurredAt/],
  ['the year 275761', JSON.stringify(strike({ occurredAt: '+275761-01-01T00:00:00Z' })), 422, /occurredAt/],
  [
    'an upper-case event id',
    JSON.stringify(strike({ eventId: '0197A3C0-0000-7000-8000-000000000001' })),
    422,
    /eventId/,
  ],
  [
    'opening a crisis where events go',
    JSON.stringify({ type: 'CrisisOpened', occurredAt: '2026-01-01T00:00:00Z', data: {} }),
    422,
    /CrisisOpened/,
  ],
];

describe('hostile bodies', () => {
  test.each(BODIES)('%s', async (_, body, status, says) => {
    const before = await head();
    const answer = await server.http
      .post(events)
      .type('application/json')
      .serialize((raw: unknown) => raw as string)
      .send(body as string);
    expect([answer.status, answer.headers['content-type']]).toEqual([
      status,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(answer.body.detail).toMatch(says);
    expect(answer.body.next).toEqual(expect.any(String));
    expect(await head()).toBe(before);
  });
});

describe('hostile names', () => {
  test.each([
    '$all',
    '$$crisis-us-iran',
    '..',
    '%2e%2e',
    'a%2fb',
    'a%0d%0ab',
    'a%00b',
    'crisislog-genesis%24',
    '-a',
    'a--b',
    'A',
    `${'a'.repeat(65)}`,
    'ü',
  ])('%s is no crisis', async (name) => {
    const answer = await server.http.post(`/v1/crises/${name}/events`).send(strike());
    expect([400, 404]).toContain(answer.status);
    expect((await server.http.get(`/v1/crises/${name}/risk`)).status).toBeGreaterThanOrEqual(400);
  });
});

describe('hostile requests', () => {
  test.each([
    ['another content type', { 'content-type': 'text/plain' }, 415],
    ['no content type', { 'content-type': '' }, 415],
    ['a compressed body', { 'content-type': 'application/json', 'content-encoding': 'gzip' }, 415],
    ['a foreign origin', { 'content-type': 'application/json', origin: 'https://evil.example' }, 403],
    ['an unknown host', { 'content-type': 'application/json', host: 'evil.example' }, 421],
    ['a bad correlation id', { 'content-type': 'application/json', 'x-correlation-id': 'a b' }, 400],
    ['a bad idempotency key', { 'content-type': 'application/json', 'idempotency-key': '1' }, 400],
  ])('%s is refused', async (_, headers, status) => {
    const before = await head();
    const answer = await server.http.post(events).set(headers).send(text);
    expect([answer.status, answer.headers['content-type']]).toEqual([
      status,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(await head()).toBe(before);
  });

  test.each([
    'at=yesterday',
    'at=2026-02-30T00:00:00Z',
    'at=2199-01-01T00:00:00Z',
    'asOf=abc',
    'at=1&at=2',
    'nonsense=1',
    'model=99',
  ])('a view asked with %s is refused', async (query) => {
    const answer = await server.http.get(`/v1/crises/us-iran/risk?${query}`);
    expect([answer.status >= 400 && answer.status < 500, answer.headers['content-type']]).toEqual([
      true,
      expect.stringContaining('application/problem+json'),
    ]);
  });

  test('an address that is not there is a problem too', async () => {
    const { body } = await server.http.get('/v2/nothing').expect(404);
    expect(body.type).toBe('/problems/not-found');
  });
});

async function head(): Promise<number> {
  return (await server.http.get('/health/ready').expect(200)).body.record.head;
}
