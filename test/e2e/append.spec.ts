import { contact, contentOf, correction, newId, opening, retraction, statement, strike } from '../support/elements';
import { type RunningServer, startTestServer } from '../support/running-server';

let server: RunningServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.http.post('/v1/crises').send(opening('us-iran')).expect(201);
});
afterAll(() => server.stop());

const events = '/v1/crises/us-iran/events';
const append = (element: object | string, headers: Record<string, string> = {}) =>
  server.http.post(events).set(headers).send(element);
const stored = async (): Promise<number> => {
  const response = await fetch(server.url + events, { headers: { accept: 'application/x-ndjson' } });
  return (await response.text()).trim().split('\n').length;
};

describe('given an open crisis', () => {
  test('an event is stored and answered with its place, its time and a cursor', async () => {
    const element = strike();
    const answer = await append(element).expect(201);
    expect(answer.body).toMatchObject({
      eventId: element['eventId'],
      crisisId: 'us-iran',
      revision: expect.any(Number),
      recordedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(answer.headers['etag']).toBe(`"${answer.body.cursor}"`);
    const { body } = await server.http.get(`${events}/${element['eventId'] as string}`).expect(200);
    expect(body.event).toMatchObject({
      ...element,
      crisisId: 'us-iran',
      goldstein: -10,
      subType: 'air_or_drone_strike',
      kinetic: true,
      schemaVersion: 1,
      recordedBy: { principal: 'open' },
    });
  });

  test.each([
    ['/v1/crises?dryRun=true', opening('rehearsed')],
    [`${events}?dryRun=true`, strike()],
  ])('a parameter that %s does not have is refused, and nothing is stored', async (address, element) => {
    const before = await stored();
    const { body } = await server.http.post(address).send(element).expect(400);
    expect(body).toMatchObject({ parameter: 'dryRun', detail: 'dryRun: unknown here; none is taken.' });
    expect(await stored()).toBe(before);
    await server.http.get('/v1/crises/rehearsed').expect(404);
  });

  test('opening it again is refused, repeating the same opening is not', async () => {
    const element = opening('twice', { eventId: newId() });
    const first = await server.http.post('/v1/crises').send(element).expect(201);
    const again = await server.http.post('/v1/crises').send(element).expect(200);
    expect(again.body).toEqual({ ...first.body, repeated: true });
    const { body } = await server.http.post('/v1/crises').send(opening('twice')).expect(409);
    expect(body.type).toBe('/problems/crisis-exists');
  });

  test('the same event sent again is stored once and answered as before; with other content it is refused', async () => {
    const element = strike();
    const first = await append(element).expect(201);
    const before = await stored();
    const again = await append(element).expect(200);
    expect(again.body).toEqual({ ...first.body, repeated: true });
    const other = await append({ ...element, summary: 'Something else.' }).expect(422);
    expect(other.body).toMatchObject({ type: '/problems/event-id-taken', eventId: element['eventId'] });
    expect(await stored()).toBe(before);
  });

  test('an Idempotency-Key is the id of an event that brings none', async () => {
    const { eventId: _eventId, ...element } = strike();
    const key = newId();
    const first = await append(element, { 'idempotency-key': key }).expect(201);
    expect(first.body.eventId).toBe(key);
    const again = await append(element, { 'idempotency-key': key }).expect(200);
    expect(again.body).toEqual({ ...first.body, repeated: true });
  });

  test('without an id the server makes one that sorts by time', async () => {
    const { eventId: _eventId, ...element } = strike();
    const { body } = await append(element).expect(201);
    expect(body.eventId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  test('an array is stored whole, and may refer to itself', async () => {
    const first = strike();
    const answer = strike({
      type: 'RetaliationReported',
      actors: [{ code: 'IRN' }],
      recipients: [{ code: 'ISR' }],
      cameoCode: '194',
      respondsTo: [first['eventId']],
    });
    const { body } = await append([first, answer]).expect(201);
    expect(body.events.map((receipt: { eventId: string }) => receipt.eventId)).toEqual([
      first['eventId'],
      answer['eventId'],
    ]);
    expect(body.events[1].revision).toBe(body.events[0].revision + 1);
  });

  test('an array with one bad event is refused whole, with a pointer to the place', async () => {
    const before = await stored();
    const { body } = await append([strike(), strike({ cameoCode: '036' })]).expect(422);
    expect(body.errors[0]).toMatchObject({ pointer: '/1/cameoCode' });
    expect(await stored()).toBe(before);
  });

  test.each([
    ['no event of the crisis', { respondsTo: [newId()] }, 'unknown-reference'],
    ['itself', (id: string) => ({ ends: [id] }), 'unknown-reference'],
  ])('a reference to %s is refused', async (_, more, type) => {
    const eventId = newId();
    const { body } = await append(strike({ eventId, ...(typeof more === 'function' ? more(eventId) : more) })).expect(
      422,
    );
    expect(body.type).toBe(`/problems/${type}`);
  });

  test('a retaliation to a statement is refused: it answers strikes', async () => {
    const said = statement();
    await append(said).expect(201);
    const { body } = await append(strike({ type: 'RetaliationReported', respondsTo: [said['eventId']] })).expect(422);
    expect(body).toMatchObject({ type: '/problems/reference-type', pointer: '/respondsTo/0' });
  });

  test('an event less restricted than what it refers to is refused', async () => {
    const secret = strike({ tlp: 'RED' });
    await append(secret).expect(201);
    const { body } = await append(contact({ ends: [secret['eventId']] })).expect(422);
    expect(body).toMatchObject({ type: '/problems/marking-too-low', required: 'RED' });
  });

  test('corrections and retractions stand beside what they amend', async () => {
    const element = strike();
    const fixed = correction(element['eventId'] as string, { ...contentOf(element), actors: [{ code: 'USA' }] });
    const taken = retraction(fixed['eventId'] as string);
    await append([element, fixed, taken]).expect(201);
    const { body } = await server.http.get(`${events}/${element['eventId'] as string}`).expect(200);
    expect(body.amendments.map((event: { eventId: string }) => event.eventId)).toEqual([
      fixed['eventId'],
      taken['eventId'],
    ]);
    expect(body.effective.actors).toEqual([{ code: 'ISR' }]);
  });
});

describe('preconditions', () => {
  test('If-Match holds until something is appended, and 412 brings a fresh token', async () => {
    const first = await append(strike()).expect(201);
    const second = await append(strike(), { 'if-match': first.headers['etag'] as string }).expect(201);
    const refused = await append(strike(), { 'if-match': first.headers['etag'] as string }).expect(412);
    expect(refused.body.type).toBe('/problems/precondition-failed');
    expect(refused.body.current).toBe(second.headers['etag']);
    await append(strike(), { 'if-match': refused.body.current }).expect(201);
  });

  test('the ETag of a page of events is such a token', async () => {
    const { headers } = await server.http.get(`${events}?limit=1`).expect(200);
    await append(strike(), { 'if-match': headers['etag'] as string }).expect(201);
    await append(strike(), { 'if-match': headers['etag'] as string }).expect(412);
  });

  test('If-Match: * asks that the crisis exists', async () => {
    await append(strike(), { 'if-match': '*' }).expect(201);
    const { body } = await server.http
      .post('/v1/crises/nowhere/events')
      .set('if-match', '*')
      .send(strike())
      .expect(404);
    expect(body.type).toBe('/problems/crisis-not-found');
  });

  test('a token of another log is refused', async () => {
    const { body } = await append(strike(), { 'if-match': '"AAAA"' }).expect(400);
    expect(body).toMatchObject({ type: '/problems/invalid-token', parameter: 'If-Match' });
  });
});

describe('NDJSON', () => {
  const ndjson = async (request: Promise<Response>): Promise<string> => {
    const response = await request;
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('application/x-ndjson'),
    ]);
    return response.text();
  };
  const lines = (text: string): Record<string, unknown>[] =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const send = async (...elements: (object | string)[]) => {
    const body = elements
      .map((element) => (typeof element === 'string' ? element : JSON.stringify(element)))
      .join('\n');
    return lines(
      await ndjson(
        fetch(server.url + events, { method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body }),
      ),
    );
  };

  test('each line is decided on its own, in order, and answered in order', async () => {
    const first = strike();
    const answer = strike({
      type: 'RetaliationReported',
      respondsTo: [first['eventId']],
      actors: [{ code: 'IRN' }],
      recipients: [{ code: 'ISR' }],
    });
    const results = await send(first, '{"not": ', first, { ...first, summary: 'Other.' }, answer);
    expect(results.map(({ line, status }) => [line, status])).toEqual([
      [0, 201],
      [1, 400],
      [2, 200],
      [3, 422],
      [4, 201],
    ]);
    expect(results[3]).toMatchObject({ problem: { type: '/problems/event-id-taken' } });
  });

  test('thousands of lines come back in order and are all there', async () => {
    const before = await stored();
    const results = await send(...Array.from({ length: 3000 }, () => strike()));
    expect(results.map(({ line }) => line)).toEqual(results.map((_, i) => i));
    expect(results.every(({ status }) => status === 201)).toBe(true);
    const text = await ndjson(fetch(server.url + events, { headers: { accept: 'application/x-ndjson' } }));
    expect(lines(text)).toHaveLength(before + 3000);
  });

  test('blank lines are no events, and an overlong line does not stop the ones after it', async () => {
    const results = await send(strike(), '\r', '', `"${'x'.repeat(2 ** 21)}"`, strike());
    expect(results.map(({ line, status }) => [line, status])).toEqual([
      [0, 201],
      [1, 413],
      [2, 201],
    ]);
  });

  test('lines sent again with the same Idempotency-Key after a cut are stored once', async () => {
    const elements = Array.from({ length: 4 }, () => ({ ...strike(), eventId: undefined }));
    const post = async (count: number) => {
      const body = elements.slice(0, count).map((element) => `${JSON.stringify(element)}\n`);
      const headers = { 'content-type': 'application/x-ndjson', 'idempotency-key': key };
      return lines(await ndjson(fetch(server.url + events, { method: 'POST', headers, body: body.join('') })));
    };
    const key = newId();
    const first = await post(2);
    const again = await post(4);
    expect(again.map(({ status }) => status)).toEqual([200, 200, 201, 201]);
    expect(again.slice(0, 2).map(({ eventId }) => eventId)).toEqual(first.map(({ eventId }) => eventId));
    expect(again.map(({ revision }) => revision)).toEqual(
      [0, 1, 2, 3].map((i) => (first[0]!['revision'] as number) + i),
    );
  });
});
