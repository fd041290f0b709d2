import { type BaseLevel, BASE_LEVELS } from '#access';
import { LEVELS, type Level } from '#event-log';
import { createKey } from '../../apps/cli/src/keys';
import { contact, contentOf, correction, newId, opening, retraction, statement, strike } from '../support/elements';
import { messagesOf, take } from '../support/event-stream';
import { rawAnswer, type RawRequest } from '../support/raw-answer';
import { type RunningServer, startTestServer } from '../support/running-server';

/**
 * T20: route x level x marking x kind of event x method. Each cell is asked before and after an event above the reader's
 * level was appended, and every byte of the two answers (status, headers in their order, lengths, sizes of chunks, body) is
 * the same; and no answer has a word of
 * what is hidden.
 */
const CANARY = 'zanzibarite';
const START = Date.UTC(2026, 1, 7, 12, 0, 0);
const CRISIS = '/v1/crises/matrix';
const EVENTS = `${CRISIS}/events`;
const AT = '2026-02-07T12:00:00Z';

let now = START;
let server: RunningServer;
const keys: Record<string, string> = {};
const known = strike({ tlp: 'CLEAR' });
const talks = contact({ tlp: 'CLEAR' });
const canaryOf = (level: Level): string => `${CANARY}${LEVELS.indexOf(level)}`;
/** Words and ids that only readers of a level may meet. */
const secretsOf = new Map(LEVELS.map((level) => [level, [canaryOf(level)]]));

beforeAll(async () => {
  server = await startTestServer(() => now, {
    env: { RATE_LIMIT: '100000000' },
    async prepare(dataDir) {
      const make = (name: string, level: BaseLevel, more: object) =>
        createKey(dataDir, { name, level, red: [], days: 1, ...more }, START);
      for (const level of BASE_LEVELS)
        keys[level] = await make(`reader-${BASE_LEVELS.indexOf(level)}`, level, {
          scopes: ['views:read', 'log:read', 'events:append', 'events:amend'],
        });
      keys['auditor'] = await make('auditor', 'CLEAR', { role: 'auditor' });
      keys['cleared'] = await make('cleared', 'CLEAR', { role: 'analyst', red: ['matrix', 'elsewhere'] });
    },
  });
  await append('/v1/crises', opening('matrix'));
  for (const event of [known, talks, statement({ tlp: 'CLEAR', correlationId: undefined })])
    await append(EVENTS, event);
});
afterAll(() => server.stop());

async function append(path: string, body: object, correlationId = 'plain'): Promise<void> {
  now += 100;
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${keys['cleared']}`,
      'content-type': 'application/json',
      'x-correlation-id': correlationId,
    },
    body: JSON.stringify(body),
  });
  if (response.status !== 201) throw new Error(await response.text());
}

/** Everything that can be read, and refusals of what would be written. */
function questions(token: string): [path: string, init: RawRequest][] {
  const moments = [
    '',
    `?at=${AT}`,
    `?asOf=${AT}`,
    '?asOf=2026-02-07T12:59:00Z',
    `?at=${AT}&asOf=${token}`,
    `?atLeast=${token}`,
  ];
  const id = known['eventId'] as string;
  const reads = [
    '/v1/crises',
    '/v1/crises/elsewhere',
    ...moments.flatMap((moment) => ['', '/status', '/risk', '/briefing'].map((view) => CRISIS + view + moment)),
    `${CRISIS}/briefing?format=markdown`,
    `${CRISIS}/risk/series?from=2026-02-01T00:00:00Z&to=${AT}&points=8`,
    `${CRISIS}/risk/series?from=2026-02-01T00:00:00Z&to=${AT}&points=8&knowledge=then`,
    ...[
      '',
      '?type=StrikeReported',
      '?actor=IRN',
      `?q=${CANARY}`,
      `?correlationId=${CANARY}`,
      '?limit=1',
      '?limit=1000',
    ].map((filter) => EVENTS + filter),
    `${EVENTS}/${id}`,
    `${EVENTS}/${talks['eventId'] as string}`,
    '/v1/feed',
    `/v1/feed?after=${token}`,
    '/v1/feed?crisis=matrix&type=StrikeReported&limit=2',
    '/v1/feed?actor=IRN',
    '/v1/feed/snapshot',
    '/v1/consumers/mine',
    '/v1/consumers/mine/parked',
    `/v1/audit/replay?crisis=matrix&at=${AT}`,
    `/v1/audit/diff?crisis=matrix&at=${AT}&asOfA=${token}`,
    '/health/ready',
    '/v1/session',
  ];
  const json = { 'content-type': 'application/json' };
  const refused = (headers: Record<string, string>): RawRequest => ({
    method: 'POST',
    headers: { ...json, ...headers },
    body: JSON.stringify(retraction('00000000-0000-4000-8000-ffffffffffff', { eventId: REFUSED })),
  });
  return [
    ...reads.flatMap((path): [string, RawRequest][] => [
      [path, { method: 'GET' }],
      [path, { method: 'HEAD' }],
    ]),
    [EVENTS, { headers: { accept: 'application/x-ndjson' } }],
    // Were there anything new to the reader this would be 412.
    [EVENTS, refused({ 'if-match': `"${token}"` })],
    [EVENTS, refused({})],
  ];
}
const REFUSED = newId();

interface Snapshot {
  readonly answers: readonly string[];
  readonly count: number;
}

/** Of the server's own working, not of the record. */
const PASSING = /^(date|ratelimit): .*\r\n/gim;
/** Of an answer: what stands before its first empty line. */
const END_OF_HEAD = '\r\n\r\n';

async function snapshot(who: string, token: string): Promise<Snapshot> {
  const answers = await Promise.all(
    questions(token).map(async ([path, init]) => {
      const headers = { ...init.headers, authorization: `Bearer ${keys[who]}` };
      const bytes = await rawAnswer(server.url + path, { ...init, headers });
      const head = bytes.indexOf(END_OF_HEAD);
      const shown = bytes.slice(0, head).replaceAll(PASSING, '');
      expect(shown).not.toMatch(/content-encoding/i);
      return `${init.method ?? 'GET'} ${path} ${shown}${bytes.slice(head)}`;
    }),
  );
  return { answers, count: answers.length };
}

async function tokenOf(who: string): Promise<string> {
  const response = await fetch(server.url + EVENTS, { headers: { authorization: `Bearer ${keys[who]}` } });
  return response.headers.get('etag')!.slice(1, -1);
}

const RAISED_AT_ONCE = 'an event that is raised as soon as it is there';

/** The feed withdraws, by its id alone, whatever had a marking that the reader sees, though it were for no time at all. */
const isOfFeed = (answer: string): boolean => /^\w+ \/v1\/feed/.test(answer);
const withoutWithdrawals = (text: string): string =>
  text.replaceAll(/\{[^{}]*"item":"withdraw"[^{}]*(\{[^{}]*\}[^{}]*)?\}/g, '');

/** Kinds of events that a reader below `tlp` must not notice. */
const secretly = (tlp: Level, more: object = {}): object => ({ tlp, summary: `The ${canaryOf(tlp)} affair.`, ...more });
function kinds(tlp: Level): [kind: string, events: () => object[]][] {
  const hide = (event: Record<string, unknown>): object => {
    secretsOf.get(tlp)!.push(event['eventId'] as string);
    return event;
  };
  const marked = (target: unknown, marking: Level): object => ({
    type: 'MarkingChanged',
    occurredAt: '2026-02-07T00:00:00Z',
    data: { target, marking, reason: canaryOf(tlp) },
  });
  return [
    ['a strike', () => [hide(strike(secretly(tlp, { actors: [{ code: 'USAMIL' }] })))]],
    ['a back channel', () => [hide(contact(secretly(tlp)))]],
    ['a statement about a new issue', () => [hide(statement(secretly(tlp)))]],
    [
      'a correction of what all see',
      () => [hide(correction(known['eventId'] as string, contentOf(contact({ summary: canaryOf(tlp) })), { tlp }))],
    ],
    ['a retraction of what all see', () => [hide(retraction(talks['eventId'] as string, { tlp }))]],
    [
      'an array that refers to itself',
      () => {
        const first = strike(secretly(tlp));
        const second = statement(secretly(tlp, { respondsTo: undefined }));
        return [hide(first), hide(second), retraction(first['eventId'] as string)];
      },
    ],
    [
      RAISED_AT_ONCE,
      () => {
        const event = strike({ tlp: 'CLEAR', summary: `The ${canaryOf(tlp)} affair.` });
        secretsOf.get(tlp)!.push(event['eventId'] as string);
        return [event, marked(event['eventId'], tlp)];
      },
    ],
    [
      'an amended frame',
      () => [
        {
          type: 'CrisisAmended',
          occurredAt: '2026-02-06T00:00:00Z',
          tlp,
          data: { mediators: ['OMN', 'QAT', 'CHE'] },
        },
      ],
    ],
  ];
}

const rank = (level: Level): number => LEVELS.indexOf(level);

describe.each(['GREEN', 'AMBER', 'AMBER+STRICT', 'RED'] as const)('%s', (marking) => {
  test('shows in nothing that a reader below it can ask', async () => {
    const readers = [...BASE_LEVELS.filter((level) => rank(level) < rank(marking)), 'auditor'];
    // One reader after the other: a server has only so many questions wait, and refuses the next.
    const asked: { who: string; token: string; seen: Snapshot }[] = [];
    for (const who of readers) {
      const token = await tokenOf(who);
      asked.push({ who, token, seen: await snapshot(who, token) });
    }
    for (const [kind, events] of kinds(marking)) {
      const sent = events();
      await append(EVENTS, sent.length === 1 ? sent[0]! : sent, canaryOf(marking));
      for (const reader of asked) {
        const { who, token, seen } = reader;
        // What is seen after this event is what was seen before the next.
        const after = (reader.seen = await snapshot(who, token));
        for (const [i, answer] of after.answers.entries())
          if (kind !== RAISED_AT_ONCE || !isOfFeed(answer))
            expect([kind, who, answer]).toEqual([kind, who, seen.answers[i]]);
        cells += after.count;
        const level = who === 'auditor' ? 'CLEAR' : who;
        const secrets = [...secretsOf]
          .filter(([above]) => rank(above) > rank(level as Level))
          .flatMap(([, its]) => its);
        const texts = after.answers.map((answer) => withoutWithdrawals(answer.slice(answer.indexOf(END_OF_HEAD))));
        const telling = texts.find((text) => secrets.some((secret) => text.includes(secret)));
        expect(telling?.slice(0, 500)).toBeUndefined();
      }
    }
  });
});
let cells = 0;

test('nothing comes on a stream, and no poll ends, because of what is hidden', async () => {
  const headers = { authorization: `Bearer ${keys['CLEAR']}` };
  const follow = (path: string) => messagesOf(server.url + path, headers);
  const feed = follow('/v1/feed/stream?after=head');
  const views = ['/status/stream', '/risk/stream'].map((path) => follow(CRISIS + path));
  const [begun, ...first] = await Promise.all([feed, ...views].map((stream) => take(stream, 1)));
  const { cursor } = JSON.parse(begun![0]!.data) as { cursor: string };
  const waiting = [feed, ...views].map((stream) => take(stream, 1));
  const poll = fetch(`${server.url}/v1/feed?after=${cursor}&wait=30`, { headers });
  const hidden = LEVELS.slice(1).flatMap((tlp) => [strike(secretly(tlp)), contact(secretly(tlp))]);
  for (const event of hidden) await append(EVENTS, event);
  const shown = strike({ tlp: 'CLEAR' });
  await append(EVENTS, shown);
  const [fed, ...changed] = await Promise.all(waiting);
  const page = (await (await poll).json()) as { items: unknown[] };
  expect(fed!.map(({ data }) => data)).toEqual([expect.stringContaining(shown['eventId'] as string)]);
  expect(page.items).toEqual([expect.objectContaining({ id: shown['eventId'] })]);
  for (const text of [...first, ...changed].map((messages) => JSON.stringify(messages))) {
    expect(text).not.toContain(CANARY);
    for (const event of hidden) expect(text).not.toContain(event['eventId']);
  }
  await Promise.all([feed, ...views].map((stream) => stream.return(undefined)));
});

test('the matrix has thousands of cells', () => {
  expect(cells).toBeGreaterThan(11_000);
});

describe('a change of marking', () => {
  const get = async (who: string, path: string): Promise<string> =>
    (await fetch(server.url + path, { headers: { authorization: `Bearer ${keys[who]}` } })).text();

  test('shows what is lowered and takes away what is raised, live and as of before', async () => {
    const event = strike({ tlp: 'RED', summary: 'A quince falls.' });
    const id = event['eventId'] as string;
    await append(EVENTS, event);
    const asOf = encodeURIComponent(new Date(now).toISOString());
    const marked = (marking: Level): object => ({
      type: 'MarkingChanged',
      occurredAt: '2026-02-07T00:00:00Z',
      data: { target: id, marking, reason: 'test' },
    });
    const shows = async (): Promise<boolean[]> =>
      Promise.all([
        get('CLEAR', `${EVENTS}?q=quince`).then((text) => text.includes(id)),
        get('CLEAR', `${CRISIS}/risk?at=${AT}&asOf=${asOf}`).then((text) => text.includes(id)),
        get('CLEAR', `${EVENTS}/${id}`).then((text) => text.includes('quince')),
      ]);
    expect(await shows()).toEqual([false, false, false]);
    await append(EVENTS, marked('CLEAR'));
    expect(await shows()).toEqual([true, true, true]);
    await append(EVENTS, marked('GREEN'));
    expect(await shows()).toEqual([false, false, false]);
  });
});
