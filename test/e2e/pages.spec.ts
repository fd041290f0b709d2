import { opening, strike } from '../support/elements';
import { type RunningServer, startTestServer } from '../support/running-server';

let server: RunningServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.http.post('/v1/crises').send(opening('us-iran')).expect(201);
});
afterAll(() => server.stop());

const events = '/v1/crises/us-iran/events';

/** About 100 KB: long addresses of many sources. */
const large = (): Record<string, unknown> =>
  strike({
    sources: Array.from({ length: 50 }, (_, i) => ({
      name: `Agency ${i}`,
      url: `https://example.org/${'a'.repeat(1_950)}`,
      reliability: 'B',
      credibility: 2,
    })),
  });

describe('pages', () => {
  const SENT = 100;
  beforeAll(async () => {
    const body = Array.from({ length: SENT }, () => JSON.stringify(large())).join('\n');
    const response = await fetch(server.url + events, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body,
    });
    expect((await response.text()).match(/"status":201/g)).toHaveLength(SENT);
  });

  test('a page of large events ends before its limit, and nothing is missing or twice', async () => {
    const revisions: number[] = [];
    let pages = 0;
    for (let next: string | null = ''; next !== null; pages++) {
      const { body, text } = await server.http
        .get(events)
        .query({ limit: 1000, ...(next !== '' && { after: next }) })
        .expect(200);
      expect(text.length).toBeLessThan(6 * 1024 * 1024);
      revisions.push(...body.events.map(({ revision }: { revision: number }) => revision));
      next = body.next as string | null;
    }
    expect(pages).toBeGreaterThan(1);
    expect(revisions).toEqual(Array.from({ length: SENT + 1 }, (_, i) => i));
  });

  test('an export of them is whole', async () => {
    const response = await fetch(server.url + events, { headers: { accept: 'application/x-ndjson' } });
    const lines = (await response.text()).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { revision: number }).revision)).toEqual(
      Array.from({ length: SENT + 1 }, (_, i) => i),
    );
  });

  test('events appended between two pages come on a later one', async () => {
    const first = await server.http.get(events).query({ limit: SENT, type: 'StrikeReported' }).expect(200);
    const { body: added } = await server.http.post(events).send(strike()).expect(201);
    const ids: string[] = first.body.events.map(({ eventId }: { eventId: string }) => eventId);
    for (let next = first.body.next as string | null; next !== null;) {
      const { body } = await server.http
        .get(events)
        .query({ limit: SENT, type: 'StrikeReported', after: next })
        .expect(200);
      ids.push(...body.events.map(({ eventId }: { eventId: string }) => eventId));
      next = body.next as string | null;
    }
    expect([ids.length, new Set(ids).size, ids.at(-1)]).toEqual([SENT + 1, SENT + 1, added.eventId]);
  });
});

test.each([
  ['crisis', '/v1/feed?crisis=NO_PE'],
  ['crisis', '/v1/audit/bundle'],
  ['crisisId', '/v1/crises/NO_PE/risk'],
])('a crisis that is no name is refused as the parameter %s of %s', async (parameter, path) => {
  const { body } = await server.http.get(path).expect(400);
  expect(body).toMatchObject({ parameter, detail: expect.stringMatching(new RegExp(`^${parameter}: 1 to 64`)) });
});

test('a day is no time, and is not taken for a cursor', async () => {
  const { body } = await server.http.get('/v1/crises/us-iran/risk?asOf=2025-06-14').expect(400);
  expect(body).toMatchObject({ parameter: 'asOf', detail: 'asOf: a UTC time such as 2026-02-03T04:05:00Z.' });
});

describe('full text', () => {
  test.each(['🚀', '"', '*', '()', ' '])('%s names no word and is refused, not answered with everything', async (q) => {
    const { body } = await server.http.get(events).query({ q }).expect(400);
    expect(body).toMatchObject({ type: '/problems/invalid-parameter', parameter: 'q' });
  });

  test('more words than anybody looks for are refused: they would hold up all other readers', async () => {
    const { body } = await server.http
      .get(events)
      .query({ q: 'air,'.repeat(17) })
      .expect(400);
    expect(body).toMatchObject({ parameter: 'q', detail: 'q: at most 16 words.' });
  });

  test.each([
    ['isfahan"', 1],
    ['air NOT nothing', 0],
    ['words:air', 0],
    ['-air', 1],
    ['air OR nothing', 0],
    ['STRÍKE isf', 1],
    ['air '.repeat(16), 1],
  ])('%s is words, no operators', async (q, found) => {
    const { body } = await server.http.get(events).query({ q, limit: 1 }).expect(200);
    expect(body.events).toHaveLength(found);
  });
});
