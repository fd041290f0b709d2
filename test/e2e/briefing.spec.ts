import { type NewEvent, openSqliteLog, type StoredMarking } from '#event-log';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { readConfig } from '../../apps/api/src/config';
import { type Server, startServer } from '../../apps/api/src/server';
import { contentOf, correction, newId, opening, retraction, strike } from '../support/elements';
import { ROOT } from '../support/fixture';
import { type RunningServer, startTestServer } from '../support/running-server';

interface Answer {
  readonly at: string;
  readonly asOf: { readonly cursor: string };
  readonly digest: string;
  readonly marking: string;
  readonly sections: readonly { readonly id: string; readonly sentences: readonly Sentence[] }[];
  readonly citations: readonly {
    readonly eventId: string;
    readonly summary: string | null;
    readonly standing: string;
  }[];
}
interface Sentence {
  readonly text: string;
  readonly events: readonly string[];
}

const AT = '2025-06-24T12:00:00Z';

describe('the example crisis on 24 June 2025', () => {
  let server: RunningServer;
  let briefing: Answer;
  beforeAll(async () => {
    server = await startTestServer();
    await importExample(server);
    briefing = await ask({ at: AT });
  });
  afterAll(() => server.stop());

  const get = (query: object, headers: Record<string, string> = {}) =>
    server.http.get('/v1/crises/us-iran/briefing').query(query).set(headers);
  const ask = async (query: object): Promise<Answer> => (await get(query).expect(200)).body as Answer;
  const sentencesOf = (id: string): readonly Sentence[] => briefing.sections.find((its) => its.id === id)!.sentences;
  const idOf = (line: number): RegExp => new RegExp(`${String(line).padStart(12, '0')}$`);

  test('has five sections, and every sentence cites events that can be read', async () => {
    expect(briefing.sections.map(({ id }) => id)).toEqual(['status', 'changes', 'risks', 'diplomacy', 'outlook']);
    const sentences = briefing.sections.flatMap((section) => section.sentences);
    expect(sentences.filter(({ events }) => events.length === 0)).toEqual([]);
    const cited = new Set(sentences.flatMap(({ events }) => events));
    expect(briefing.citations.map(({ eventId }) => eventId)).toEqual([...cited]);
    for (const { eventId, summary, standing } of briefing.citations) {
      const { body } = await server.http.get(`/v1/crises/us-iran/events/${eventId}`).expect(200);
      const { event, effective } = body as Record<string, { summary?: string } | null>;
      if (standing === 'retracted') expect(effective).toBeNull();
      else if (summary !== null && effective?.summary !== undefined) expect(summary).toBe(effective.summary);
      else expect(event).toBeTruthy();
    }
  });

  /** What a reader of that day must find: section, words, and the line of the example that it cites first. */
  test.each([
    [
      'status',
      /^Risk R is 89\.8 of 100 \(severe\), escalation rising over 14 days; diplomacy J is 45\.0, rising\.$/,
      77,
    ],
    ['status', /^The window for diplomacy is narrowing/, 58],
    ['status', /^Analysts call the trend deteriorated \(20 June, confidence low\)/, 68],
    ['changes', /^Strike of 21 June .*Fordow/, 70],
    ['changes', /^Confidence-building measure of 24 June .*Ceasefire/, 78],
    ['changes', /^Retracted as false: the strike of 13 June, “Esmail Qaani/, 83],
    ['risks', /^Of R’s 89\.8 points/, 77],
    ['risks', /^The conflict-risk alert is on: 3 verified threats of force in 14 days/, 68],
    ['risks', /^Open ultimatum of the United States to Iran \(13 June\): “A nuclear agreement”/, 38],
    ['diplomacy', /^Active: through Qatar with Iran and the United States \(23 June, agreement\)/, 76],
    [
      'diplomacy',
      /furthest apart on banking \(0, 4\), frozen assets \(0, 4\) and enrichment \(0, 4\); nearest on oil \(0, 3\)/,
      24,
    ],
    ['diplomacy', /^In force: ceasefire \(Iran, Israel and the United States, 24 June, reciprocal, begun\)/, 78],
    ['outlook', /^The analysts’ outlook of 20 June \(likelihood “likely”, confidence low, until 4 July/, 68],
  ])('%s: %s', (id, words, line) => {
    const found = sentencesOf(id).filter(({ text }) => words.test(text));
    expect(found.map(({ events }) => events[0])).toEqual([expect.stringMatching(idOf(line))]);
  });

  test('a deadline is told until what it was set for has happened', async () => {
    const lineOf19June = /^(Open deadline of the United States to Iran \(19 June|3 July: deadline)/;
    const told = async (at: string): Promise<number> =>
      (await ask({ at })).sections.flatMap(({ sentences }) => sentences).filter(({ text }) => lineOf19June.test(text))
        .length;
    expect([await told('2025-06-20T12:00:00Z'), await told(AT)]).toEqual([2, 0]);
  });

  test('as Markdown it says the same, under the same digest', async () => {
    const { text, headers } = await get({ at: AT, format: 'markdown' }).expect(200);
    expect(headers['content-type']).toBe('text/markdown; charset=utf-8');
    for (const { sentences } of briefing.sections)
      for (const { events } of sentences.slice(0, 3)) {
        const numbers = events.map((id) => briefing.citations.findIndex(({ eventId }) => eventId === id) + 1);
        expect(text).toContain(` ${numbers.map((number) => `[${number}]`).join('')}\n`);
      }
    for (const [i, { eventId }] of briefing.citations.entries()) expect(text).toContain(`\n${i + 1}. \`${eventId}\` `);
    expect(text).toContain(`digest \`${briefing.digest}\``);
    expect(text).toContain('**TLP:RED**');
  });

  test('the format is asked for by the query, else by Accept, else JSON', async () => {
    const accept = { accept: 'text/markdown' };
    expect((await get({ at: AT }, accept).expect(200)).headers['content-type']).toMatch(/^text\/markdown/);
    expect((await get({ at: AT, format: 'json' }, accept).expect(200)).headers['content-type']).toMatch(
      /^application\/json/,
    );
    expect((await get({ at: AT }).expect(200)).headers['content-type']).toMatch(/^application\/json/);
  });

  test.each([
    [{ days: 0 }, 'days'],
    [{ days: 91 }, 'days'],
    [{ format: 'html' }, 'format'],
    [{ lang: 'fr' }, 'lang'],
  ])('%j is refused', async (query, parameter) => {
    const { body, headers } = await get(query).expect(400);
    expect(body).toMatchObject({ type: '/problems/invalid-parameter', parameter });
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  test('asked again, at its cursor, and after a restart it is the same to the byte', async () => {
    const texts = [await get({ at: AT }), await get({ at: AT, asOf: briefing.asOf.cursor })].map(({ text }) => text);
    await server.restart();
    texts.push((await get({ at: AT })).text);
    expect(new Set(texts).size).toBe(1);
  });

  test('as known before the first correction it does not speak of it', async () => {
    const { body } = await server.http.get('/v1/crises/us-iran/events?type=EventCorrected&limit=1').expect(200);
    const { eventId } = (body as { events: { eventId: string }[] }).events[0]!;
    const { before, cursor } = (await server.http.get(`/v1/crises/us-iran/events/${eventId}`)).body as Record<
      string,
      string
    >;
    const cites = async (asOf: string): Promise<boolean> =>
      (await ask({ at: '2025-06-14T12:00:00Z', asOf })).citations.some((citation) => citation.eventId === eventId);
    expect([await cites(before!), await cites(cursor!)]).toEqual([false, true]);
  });
});

describe('a crisis followed while it happened', () => {
  const first = strike({ occurredAt: '2026-02-01T00:00:00Z', summary: 'A depot was struck.' });
  const late = strike({ occurredAt: '2026-02-02T00:00:00Z', summary: 'A port was struck.' });
  const [firstId, lateId] = [first['eventId'] as string, late['eventId'] as string];
  const corrected = correction(firstId, { ...contentOf(first), summary: 'A factory was struck.' });
  const retracted = retraction(firstId);
  const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-briefing-'));
  let server: Server;

  beforeAll(async () => {
    await record(dataDir, '2026-02-01T00:00:00Z', opening('late', { eventId: newId() }), first);
    await record(dataDir, '2026-02-21T08:30:00Z', late, corrected);
    await record(dataDir, '2026-04-01T00:00:00Z', retracted);
    server = await startServer(readConfig({ PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'error' }));
  });
  afterAll(async () => {
    await server.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const changes = async (query: object): Promise<readonly Sentence[]> => {
    const { body } = await request(server.url).get('/v1/crises/late/briefing').query(query).expect(200);
    return (body as Answer).sections.find(({ id }) => id === 'changes')!.sentences;
  };
  const known = async (asOf: string, more: object = {}): Promise<readonly Sentence[]> =>
    changes({ at: asOf, asOf, ...more });

  test('learned late and corrected are told by the time of the record', async () => {
    const told = await known('2026-02-21T12:00:00Z');
    expect(told).toContainEqual({
      text: 'Learned late: the strike of 2 February, recorded on 21 February at 08:30 UTC: “A port was struck”.',
      events: [lateId],
    });
    expect(told).toContainEqual({
      text: 'Corrected: the strike of 1 February; now: “A factory was struck” (reason: “attribution”).',
      events: [corrected['eventId'], firstId],
    });
    expect(told).toContainEqual({
      text: expect.stringMatching(
        /^For 14 February at 12:00 UTC R was .* by what was known then, and is .* now\.$/,
      ) as string,
      events: [corrected['eventId'], lateId],
    });
  });

  const kinds = (sentences: readonly Sentence[]): string[] =>
    sentences.flatMap(({ text }) => /^(Learned late|Corrected|Retracted|Nothing recorded)/.exec(text)?.[0] ?? []);

  test.each([
    ['before anything was learned', '2026-02-20T00:00:00Z', 7, ['Nothing recorded']],
    ['when it was learned', '2026-02-21T12:00:00Z', 7, ['Corrected', 'Learned late']],
    ['when the days have passed', '2026-03-10T00:00:00Z', 7, ['Nothing recorded']],
    ['when more days are asked for', '2026-03-10T00:00:00Z', 30, ['Corrected', 'Learned late']],
    ['when the event is retracted', '2026-04-02T00:00:00Z', 7, ['Retracted']],
  ])('%s: %s, %d days', async (_, asOf, days, expected) => {
    expect(kinds(await known(asOf, { days }))).toEqual(expected);
  });

  test('asked today of the past, what was learned since is told', async () => {
    expect(kinds(await changes({ at: '2026-02-21T12:00:00Z' }))).toEqual(['Retracted', 'Learned late']);
  });
});

test('a crisis that is not there has no briefing', async () => {
  const server = await startTestServer();
  const { body } = await server.http.get('/v1/crises/nowhere/briefing').expect(404);
  expect(body).toMatchObject({ type: '/problems/crisis-not-found' });
  await server.stop();
});

/** As any client would: the opening by itself, the rest as NDJSON. */
async function importExample(server: RunningServer): Promise<void> {
  const [first, ...rest] = readFileSync(join(ROOT, 'examples', 'us-iran', 'crisis.ndjson'), 'utf8')
    .trimEnd()
    .split('\n');
  await server.http
    .post('/v1/crises')
    .send({ crisisId: 'us-iran', ...(JSON.parse(first!) as object) })
    .expect(201);
  const answer = await fetch(`${server.url}/v1/crises/us-iran/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: rest.join('\n'),
  });
  const results = (await answer.text()).trim().split('\n');
  expect(results.filter((line) => (JSON.parse(line) as { status: number }).status !== 201)).toEqual([]);
}

/** Writes as the server would have at that time; the record's clock is its own. */
async function record(dataDir: string, at: string, ...elements: Record<string, unknown>[]): Promise<void> {
  const log = await openSqliteLog({ dataDir, instance: 'desk', build: 'test', clock: () => Date.parse(at) });
  const events = elements.map(({ crisisId: _crisisId, ...element }) => newEventOf(element));
  await log.append({ stream: 'crisis-late', events, expected: 'any', writer: { principal: 'desk', level: 'RED' } });
  await log.close();
}

function newEventOf(element: Record<string, unknown>): NewEvent {
  const { eventId, type = 'CrisisOpened', tlp = 'inherit', data } = element;
  const { target, content } = data as { target?: string; content?: { type: string } };
  return {
    id: eventId as string,
    type: type as string,
    element: { ...element, type },
    marking: tlp as StoredMarking,
    schemaVersion: 1,
    references: target === undefined ? [] : [{ pointer: '/data/target', id: target }],
    ...(target !== undefined && { target }),
    ...(content !== undefined && { contentSchemaVersion: 1, contentType: content.type }),
  };
}
