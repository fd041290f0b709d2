import addFormats from 'ajv-formats';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import { loadTokenKeys } from '../../apps/api/src/http/token-keys';
import { Tokens } from '../../apps/api/src/http/tokens';
import { DescribedApi } from '../support/described-api';
import { contact, contentOf, correction, newId, opening, retraction, statement, strike } from '../support/elements';
import { type Message, messagesOf, take } from '../support/event-stream';
import { type RunningServer, startTestServer } from '../support/running-server';

let server: RunningServer;
/** A record with two crises. */
const start = async (): Promise<void> => {
  server = await startTestServer();
  await server.http.post('/v1/crises').send(opening('us-iran')).expect(201);
  await server.http.post('/v1/crises').send(opening('strait')).expect(201);
};
const stop = (): Promise<void> => server.stop();

const append = async (element: object, crisis = 'us-iran'): Promise<{ eventId: string; cursor: string }> =>
  (await server.http.post(`/v1/crises/${crisis}/events`).send(element).expect(201)).body as never;

const follow = (query = '', headers = {}): AsyncGenerator<Message> =>
  messagesOf(`${server.url}/v1/feed/stream${query}`, headers);

const subjects = (messages: readonly Message[]): string[] =>
  messages.map(({ event, data }) => (event === 'event' ? (JSON.parse(data) as { subject: string }).subject : event));

interface Page {
  readonly items: readonly { readonly subject: string; readonly dataschema: string; readonly data: object }[];
  readonly cursor: string;
  readonly caughtUp: boolean;
}
const page = async (query: object): Promise<Page> =>
  (await server.http.get('/v1/feed').query(query).expect(200)).body as Page;

describe('the stream', () => {
  beforeEach(start);
  afterEach(stop);

  test('brings everything from the beginning, says when that was all, and goes on', async () => {
    const { eventId } = await append(strike());
    const stream = follow();
    const first = await take(stream, 4);
    expect(first.map(({ event }) => event)).toEqual(['event', 'event', 'event', 'caught-up']);
    expect(first[3]!.id).toBe(first[2]!.id);
    expect(JSON.parse(first[2]!.data)).toMatchObject({
      specversion: '1.0',
      id: eventId,
      source: expect.stringMatching(/^crisis-log\/[0-9a-f-]{36}\/crises\/us-iran$/),
      type: 'StrikeReported',
      item: 'event',
      data: { eventId, crisisId: 'us-iran', goldstein: expect.any(Number) },
    });
    const later = [await append(contact()), await append(statement(), 'strait')];
    expect(subjects(await take(stream, 2))).toEqual(later.map((event) => event.eventId));
    await stream.return(undefined);
  });

  test('goes on behind any id, also one from before a restart, and Last-Event-ID comes before the address', async () => {
    const ids = [await append(strike()), await append(contact()), await append(statement())].map((its) => its.eventId);
    const all = await take(follow(), 5);
    await server.restart();
    for (const [i, { id }] of all.entries()) {
      const rest = await take(follow('?after=head', { 'last-event-id': id! }), all.length - i);
      expect(subjects(rest)).toEqual([...subjects(all).slice(i + 1), 'caught-up']);
    }
    expect(subjects(all).slice(2)).toEqual(ids);
  });

  test('brings whoever does not read for a while all of it when he reads on, once and in order', async () => {
    const stream = follow('?after=head');
    await take(stream, 1);
    // More than a connection holds for him, and than is kept at hand for those who are up to date.
    const elements = Array.from({ length: 6000 }, () => strike({ eventId: newId(), summary: 'x'.repeat(500) }));
    const lines = elements.map((element) => JSON.stringify(element)).join('\n');
    await fetch(`${server.url}/v1/crises/us-iran/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines,
    }).then((response) => response.text());
    const { eventId } = await append(contact());
    const told: string[] = [];
    while (told.at(-1) !== eventId) told.push(...subjects(await take(stream, 1)));
    expect(told.filter((subject) => subject !== 'caught-up')).toEqual([
      ...elements.map((element) => element['eventId']),
      eventId,
    ]);
    // He had fallen behind, so he is told again.
    expect(subjects(await take(stream, 1))).toEqual(['caught-up']);
    await stream.return(undefined);
  });

  test('with filters brings what they find, live as well as later', async () => {
    const finds: Record<string, string[]> = {
      '?crisis=strait': ['CrisisOpened', 'StrikeReported'],
      '?type=StrikeReported,CrisisOpened': ['CrisisOpened', 'CrisisOpened', 'StrikeReported', 'StrikeReported'],
      '?actor=OMN': ['MediationContactReported'],
      '?crisis=us-iran&actor=IRN&type=StrikeReported': ['StrikeReported'],
    };
    const live = new Map(Object.keys(finds).map((query) => [query, follow(`${query}&after=head`)]));
    for (const stream of live.values()) await take(stream, 1);
    await append(strike());
    await append(strike(), 'strait');
    await append(contact());
    const typeOf = ({ data }: Message): string => (JSON.parse(data) as { type: string }).type;
    for (const [query, types] of Object.entries(finds)) {
      const all = await take(follow(query), types.length + 1);
      expect([query, all.at(-1)!.event, all.slice(0, -1).map(typeOf)]).toEqual([query, 'caught-up', types]);
      const since = all.slice(0, -1).filter((message) => typeOf(message) !== 'CrisisOpened');
      expect(await take(live.get(query)!, since.length)).toEqual(since);
      await live.get(query)!.return(undefined);
    }
  });

  test('ends when the server drains, and its client goes on at the next one', async () => {
    const stream = follow();
    const [, last] = await take(stream, 2);
    await take(stream, 1);
    const restarted = server.restart();
    expect((await stream.next()).done).toBe(true);
    await restarted;
    const { eventId } = await append(strike());
    expect(subjects(await take(follow('', { 'last-event-id': last!.id! }), 1))).toEqual([eventId]);
  });
});

describe('pages', () => {
  beforeAll(start);
  afterAll(stop);

  test('of any size bring each item once, in order', async () => {
    for (let i = 0; i < 7; i++) await append(strike());
    const whole = await page({});
    expect([whole.items.length, whole.caughtUp]).toEqual([9, true]);
    for (const limit of [1, 2, 4, 9]) {
      const items = [];
      for (let next = await page({ limit }); ; next = await page({ limit, after: next.cursor })) {
        items.push(...next.items);
        if (next.caughtUp) break;
      }
      expect(items).toEqual(whole.items);
    }
  });

  test('wait for what comes, and are empty when nothing does', async () => {
    const { cursor } = await page({});
    const waiting = page({ after: cursor, wait: 30 });
    const { eventId } = await append(strike());
    const { items, cursor: next } = await waiting;
    expect(items.map(({ subject }) => subject)).toEqual([eventId]);
    expect(await page({ after: next, wait: 1 })).toEqual({ items: [], cursor: next, caughtUp: true });
  });

  test('go on from a receipt or a view as well', async () => {
    const receipt = await append(strike());
    const { body: view } = await server.http.get('/v1/crises/us-iran/risk').expect(200);
    const { eventId } = await append(contact());
    for (const after of [receipt.cursor, view.asOf.cursor as string])
      for (const crisis of [{}, { crisis: 'us-iran' }])
        expect((await page({ after, ...crisis })).items.map(({ subject }) => subject)).toEqual([eventId]);
  });
});

describe('a cursor', () => {
  beforeAll(start);
  afterAll(stop);

  test('of other filters is refused', async () => {
    const { cursor } = await page({ crisis: 'us-iran' });
    const { body } = await server.http.get('/v1/feed').query({ crisis: 'strait', after: cursor }).expect(400);
    expect(body).toMatchObject({ type: '/problems/invalid-token', parameter: 'after' });
  });

  test('of another level is refused with the way to start over', async () => {
    const { body: ready } = await server.http.get('/health/ready').expect(200);
    const tokens = new Tokens(loadTokenKeys([], server.dataDir), ready.record.logId as string);
    const after = tokens.seal({ kind: 'point', position: 0, index: 0, level: 'GREEN', filter: '' });
    const { body } = await server.http.get('/v1/feed').query({ after }).expect(409);
    expect(body).toMatchObject({ type: '/problems/cursor-level-changed', next: expect.stringContaining('snapshot') });
  });

  test('ahead of the instance is waited for, and then answered with the time to come back', async () => {
    const { body: ready } = await server.http.get('/health/ready').expect(200);
    const tokens = new Tokens(loadTokenKeys([], server.dataDir), ready.record.logId as string);
    const position = (ready.record.head as number) + 1;
    const after = tokens.seal({ kind: 'point', position, index: 0, level: 'RED', filter: '' });
    const asked = ['/v1/feed', '/v1/feed/stream'].map((path) => server.http.get(path).query({ after }).expect(503));
    for (const { body, headers } of await Promise.all(asked))
      expect([body.type, headers['retry-after']]).toEqual(['/problems/behind', '1']);
    const waiting = page({ after });
    await append(strike());
    expect((await waiting).items).toEqual([]);
    const { eventId } = await append(strike());
    expect((await page({ after })).items.map(({ subject }) => subject)).toEqual([eventId]);
  });
});

describe('a record of its own', () => {
  beforeEach(start);
  afterEach(stop);

  test('a snapshot holds what is in force, and is followed without a gap', async () => {
    const kept = strike();
    const wrong = strike();
    const gone = contact();
    for (const element of [kept, wrong, gone]) await append(element);
    await append(correction(wrong['eventId'] as string, { ...contentOf(wrong), summary: 'Corrected.' }));
    await append(retraction(gone['eventId'] as string));
    const response = await fetch(`${server.url}/v1/feed/snapshot?crisis=us-iran`);
    const lines = (await response.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.slice(1, -1).map(({ eventId, summary }) => [eventId, summary])).toEqual([
      [kept['eventId'], kept['summary']],
      [wrong['eventId'], 'Corrected.'],
    ]);
    const { eventId } = await append(statement());
    const { cursor } = lines.at(-1) as { cursor: string };
    expect((await page({ crisis: 'us-iran', after: cursor })).items.map(({ subject }) => subject)).toEqual([eventId]);
  });

  test('every item names the schema of its data, which is at its address and holds', async () => {
    const wrong = await append(strike());
    for (const element of [
      contact(),
      statement(),
      correction(wrong.eventId, contentOf(strike())),
      retraction(wrong.eventId),
    ])
      await append(element);
    const { items } = await page({ limit: 1000 });
    const compiled = new Map<string, ValidateFunction>();
    for (const { dataschema, data } of items) {
      const [, type, version] = /^urn:crisis-log:event:(\w+):(\d+):read$/.exec(dataschema)!;
      const { body } = await server.http.get(`/v1/schemas/${type}/${version}/read`).expect(200);
      expect(body.$id).toBe(dataschema);
      if (!compiled.has(dataschema)) compiled.set(dataschema, addFormats(new Ajv2020({ strict: false })).compile(body));
      const validate = compiled.get(dataschema)!;
      expect([validate(data), validate.errors]).toEqual([true, null]);
      expect(validate({ ...data, eventId: 'none' })).toBe(false);
    }
    expect(compiled.size).toBe(6);
    const { body: asSent } = await server.http.get('/v1/schemas/StrikeReported/1').expect(200);
    expect(asSent).toEqual((await server.http.get('/v1/schemas/StrikeReported')).body);
    expect(asSent.$id).toBe('urn:crisis-log:event:StrikeReported:1');
    await server.http.get('/v1/schemas/StrikeReported/2').expect(404, /in version 1 only/);
  });

  test('/asyncapi.json describes every message that comes, and refers only to what it has', async () => {
    const { body: document } = await server.http.get('/asyncapi.json').expect(200);
    const text = JSON.stringify(document);
    const found = ([...text.matchAll(/"\$ref":"#\/([^"]+)"/g)] as RegExpMatchArray[]).map(([, path]) =>
      path!
        .split('/')
        .reduce((value: unknown, name) => (value as Record<string, unknown> | undefined)?.[name], document),
    );
    expect(found.length).toBeGreaterThan(50);
    expect(found).not.toContain(undefined);
    // Where the schemas of AsyncAPI 3.0 and of OpenAPI 3.1 differ.
    expect(text).not.toContain('"discriminator"');
    const api = new DescribedApi({ openapi: '', paths: {}, components: document.components });
    await append(strike());
    const view = messagesOf(`${server.url}/v1/crises/us-iran/risk/stream`);
    const messages = [...(await take(follow(), 4)), ...(await take(view, 1))];
    await view.return(undefined);
    for (const { event, data } of messages) {
      const { payload } = Object.values(
        document.components.messages as Record<string, { name: string; payload: { $ref: string } }>,
      ).find(({ name }) => name === event)!;
      expect(api.complaintAboutSchema(payload.$ref.split('/').at(-1)!, JSON.parse(data))).toBeUndefined();
    }
  });
});
