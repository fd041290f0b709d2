import { opening, newId, strike } from '../support/elements';
import { HOSTILE_BODIES, MEBIBYTE } from '../support/hostile-bodies';
import { type RunningServer, startTestServer } from '../support/running-server';

let server: RunningServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.http.post('/v1/crises').send(opening('us-iran')).expect(201);
});
afterAll(() => server.stop());

const events = '/v1/crises/us-iran/events';
const text = JSON.stringify(strike());

/** T15. Whatever way a body comes it is refused for the same reason, and nothing is stored. */
describe('hostile bodies', () => {
  test.each(HOSTILE_BODIES)('%s', async (_, body, status, says) => {
    const before = await head();
    const answer = await send(events, body);
    const problem = await answer.json();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      status,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(problem).toMatchObject({ detail: expect.stringMatching(says), next: expect.any(String) });
    expect(JSON.stringify(problem).length).toBeLessThan(20_000);
    await refusedAsLine(body, status, says);
    expect([400, 422, status]).toContain((await send('/v1/crises', body)).status);
    expect(await head()).toBe(before);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('an array is refused for its one hostile event, and for its size', async () => {
    const before = await head();
    const inside = HOSTILE_BODIES.filter(([, body, status]) => status === 422 && body.length < 100_000);
    for (const [name, body] of inside) {
      const answer = await send(events, `[${JSON.stringify(strike())},${body.toString()}]`);
      // In an array everything lies a level deeper.
      expect([name, answer.status]).toEqual([name, name.startsWith('32 levels') ? 400 : 422]);
    }
    expect((await send(events, '[]')).status).toBe(400);
    const tooMany = await send(events, JSON.stringify(Array.from({ length: 101 }, () => strike())));
    expect([tooMany.status, await tooMany.text()]).toEqual([413, expect.stringMatching(/100 events/)]);
    expect(await head()).toBe(before);
  });

  test('the list has 179 bodies', () => {
    expect(HOSTILE_BODIES).toHaveLength(179);
  });

  /** A line ends where a body may go on, and a blank one is none. */
  async function refusedAsLine(body: string | Buffer, status: number, says: RegExp): Promise<void> {
    if (body.includes('\n') || body.toString().trim() === '') return;
    const answer = await send(events, body, 'application/x-ndjson');
    const lines = (await answer.text()).trimEnd().split('\n');
    expect([answer.status, lines.length]).toEqual([200, 1]);
    const { status: its, problem } = JSON.parse(lines[0]!) as { status: number; problem: { detail: string } };
    expect([its, problem.detail]).toEqual([status, status === 413 ? expect.any(String) : expect.stringMatching(says)]);
  }
});

describe('what is just within bounds', () => {
  const kept = async (event: Record<string, unknown>): Promise<Record<string, unknown>> =>
    (await server.http.get(`${events}/${event['eventId'] as string}`).expect(200)).body.event;

  test.each([
    ['a body of 1 MiB', () => [strike(), (json: string) => json + ' '.repeat(MEBIBYTE - json.length)] as const],
    ['a summary of 500', () => [strike({ summary: 'x'.repeat(500) })] as const],
    ['50 actors', () => [strike({ actors: Array.from({ length: 50 }, () => ({ code: 'ISR' })) })] as const],
    ['a label in other letters', () => [strike({ incidentId: 'نطنز ۲' })] as const],
    ['latitude zero', () => [strike({ location: { lat: 0, lon: -180 } })] as const],
  ])('is taken: %s', async (_, make) => {
    const [event, padded = (json: string) => json] = make();
    expect((await send(events, padded(JSON.stringify(event)))).status).toBe(201);
    expect(await kept(event)).toMatchObject(event);
  });

  test('free text is kept byte for byte: not composed, and with controls of direction', async () => {
    const summary = 'cafe\u0301 \u212b \u202eabc\u202c \u2066x\u2069 \u200b\ufeff \r\n \ud83d\ude80 \u0007.';
    const event = strike({ summary });
    expect((await send(events, JSON.stringify(event))).status).toBe(201);
    expect((await kept(event))['summary']).toBe(summary);
  });
});

test('99 of 100 of them take at most 100 ms of the thread that answers all others', async () => {
  const spent: number[] = [];
  for (const [, body] of HOSTILE_BODIES) {
    // Not by the clock, which also counts what else the machine does.
    const before = process.threadCpuUsage();
    await (await send(events, body)).text();
    const { user, system } = process.threadCpuUsage(before);
    spent.push((user + system) / 1_000);
  }
  spent.sort((a, b) => a - b);
  expect(spent[Math.floor(spent.length * 0.99)]).toBeLessThanOrEqual(100);
});

/** T16. As an address (`path`), and as it stands in a body (`name`). */
const HOSTILE_NAMES = [
  ...['$all', '$$all', '$$crisis-us-iran', '$ce-crisis', '$streams', '$et-StrikeReported', 'crisislog-genesis$'],
  ...['.', '..', '../us-iran', '..\\us-iran', 'us-iran/..', '/us-iran', 'us-iran/', 'us-iran//', '~', '*', '?', '#'],
  ...['a\r\nb', 'a\nb', 'us-iran\n', '\nus-iran', 'a\0b', 'us-iran\0', 'a\tb', ' us-iran', 'us-iran ', 'us iran'],
  ...[
    '-',
    '-a',
    'a-',
    'a--b',
    'crisis-$all',
    'US-IRAN',
    'Us-iran',
    'us_iran',
    'us.iran',
    'us:iran',
    'us@iran',
    'us+iran',
  ],
  ...['us-irаn', 'us‐iran', 'us-iran\u200b', '\u202eus-iran', '\ufeffus-iran', 'ｕs-iran', 'ü', 'u\u0308', '١', '🚀'],
  ...[
    '%2e%2e',
    '%2f',
    '%252f',
    '%00',
    '%c0%af',
    "us-iran'--",
    'us-iran";',
    'us-iran;',
    '<us-iran>',
    '{us-iran}',
    '`',
    '|',
  ],
  ...['__proto__', 'constructor.prototype', 'a'.repeat(65), 'a'.repeat(10_000)],
];
/** Which address means the same only to who decodes it too often, or too leniently; `fetch` would tidy some up. */
const HOSTILE_PATHS = [
  '%2e%2e',
  '%252e%252e',
  'a%2fb',
  'us-iran%2f',
  '%2fus-iran',
  'a%0d%0ab',
  'a%00b',
  '%c0%ae',
  '%ff',
  '%',
  '%zz',
  '%u002e',
  '..;',
  'us-iran;a=b',
];

describe('hostile names', () => {
  const refused = async (path: string): Promise<void> => {
    for (const [address, init] of [
      [`/v1/crises/${path}/events`, posted(text)],
      [`/v1/crises/${path}/events`, {}],
      [`/v1/crises/${path}/risk`, {}],
      [`/v1/crises/${path}`, {}],
      [`/v1/crises/us-iran/events/${path}`, {}],
      [`/v1/feed?crisis=${path}`, {}],
      [`/v1/audit/bundle?crisis=${path}`, {}],
      [`/v1/consumers/${path}`, { ...posted('{}'), method: 'PUT' }],
    ] as const) {
      const { status } = await fetch(server.url + address, init);
      expect([address, [400, 404, 405, 415, 422].includes(status) && status]).toEqual([address, status]);
    }
  };

  test.each(HOSTILE_NAMES)('%j is no crisis, encoded in an address or in a body', async (name) => {
    const before = await head();
    // A name that an address does away with, as every client does, is another address.
    if (!/^\.{1,2}$/.test(name)) await refused(encodeURIComponent(name));
    const { crisisId: _, ...rest } = opening('x');
    const answer = await send('/v1/crises', JSON.stringify({ crisisId: name, ...rest }));
    expect([400, 422]).toContain(answer.status);
    expect(await head()).toBe(before);
  });

  test.each(HOSTILE_PATHS)('%s is no crisis', async (path) => {
    const before = await head();
    await refused(path);
    expect(await head()).toBe(before);
  });

  test.each([
    '$maxAge',
    '$$us-iran',
    '..',
    'a/b',
    'a\r\nb',
    '\0',
    '0197A3C0-0000-7000-8000-000000000001',
    newId() + ' ',
  ])('%j is no event to refer to', async (name) => {
    const before = await head();
    for (const more of [{ respondsTo: [name] }, { ends: [name] }, { eventId: name }])
      expect((await send(events, JSON.stringify(strike(more)))).status).toBe(422);
    expect(await head()).toBe(before);
  });

  test('the lists have 67 and 14 names', () => {
    expect([HOSTILE_NAMES.length, HOSTILE_PATHS.length]).toEqual([67, 14]);
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

  test.each([
    ...['limit=1&limit=2', 'limit[]=1', 'limit=0x10', 'limit=1e2', 'limit=-1', 'limit=', 'limit=1001', 'limit=1.5'],
    ...['actor=%25', 'actor=IR_', 'actor=IRN%00', 'type=$all', 'type=', 'q=', 'after=x', 'from=2026-02-30T00:00:00Z'],
    ...['__proto__=1', 'constructor=1', 'correlationId=1&correlationId=2', 'atLeast=x'],
  ])('events asked with %s are refused', async (query) => {
    const answer = await fetch(`${server.url}${events}?${query}`);
    expect([answer.status, ((await answer.json()) as { type: string }).type]).toEqual([
      400,
      expect.stringMatching(/invalid-(parameter|token)$/),
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

const posted = (body: string | Buffer, type = 'application/json'): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': type },
  body: body as NonNullable<RequestInit['body']>,
});

const send = (path: string, body: string | Buffer, type?: string): Promise<Response> =>
  fetch(server.url + path, posted(body, type));
