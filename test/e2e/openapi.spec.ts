import addFormats from 'ajv-formats';
import Ajv2020 from 'ajv/dist/2020';
import { parse } from '#catalogue';
import {
  type Answered,
  DescribedApi,
  type Described,
  type DescribedParameter,
  type Document,
} from '../support/described-api';
import { importExample } from '../support/example-crisis';
import { fixture } from '../support/fixture';
import { textOf } from '../support/text-of';
import { type RunningServer, startSigningServer } from '../support/running-server';

let server: RunningServer;
let api: DescribedApi;
let imported: Record<string, unknown>[];
beforeAll(async () => {
  server = await startSigningServer();
  api = new DescribedApi((await (await fetch(`${server.url}/openapi.json`)).json()) as Document);
  imported = await importExample(server.url, 'us-iran');
  const { examples } = operation('makeConsumer').operation.requestBody!.content['application/json']!;
  const made = await fetch(`${server.url}/v1/consumers/my-dashboard`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(examples['NewConsumer']!.value),
  });
  expect(made.status).toBe(201);
});
afterAll(() => server.stop());

const operation = (id: string): Described => api.operations.find((its) => its.operation.operationId === id)!;
const reads = (): Described[] => api.operations.filter(({ method }) => method === 'GET');

async function ask(path: string, init: RequestInit = {}): Promise<Answered & { body: unknown }> {
  const response = await fetch(server.url + path, init);
  const text = await textOf(response);
  const contentType = response.headers.get('content-type') ?? '';
  return { status: response.status, contentType, text, body: contentType.includes('json;') ? JSON.parse(text) : text };
}

const post = (path: string, body: unknown, type = 'application/json') =>
  ask(path, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

/** The address of an operation with these parameters; those of the path have their examples unless given. */
function addressOf({ path, operation: { parameters = [] } }: Described, given: Record<string, string> = {}): string {
  const query = new URLSearchParams();
  let address = path;
  for (const { name, in: where, required, example } of parameters) {
    const value = given[name] ?? (required ? String(example) : undefined);
    if (value === undefined) continue;
    if (where === 'path') address = address.replace(`{${name}}`, value);
    else query.set(name, value);
  }
  return query.size === 0 ? address : `${address}?${query.toString()}`;
}

/** Asks a read operation and expects it to be answered, as described. */
async function expectAnswer(described: Described, given: Record<string, string> = {}, accept = '*/*') {
  const address = addressOf(described, given);
  const answer = await ask(address, { headers: { accept } });
  expect([address, answer.status, api.complaintAbout(described, answer)]).toEqual([address, 200, undefined]);
  return answer;
}

/** Every value that stands somewhere under this name. */
function membersNamed(wanted: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === wanted ? [member as unknown] : membersNamed(wanted, member),
  );
}

describe('the document', () => {
  const metaSchemas = (): Ajv2020 => {
    const ajv = addFormats(new Ajv2020({ strict: false, allErrors: true }));
    return ajv.addFormat('media-range', true);
  };

  test('is valid against the schema of OpenAPI 3.1', () => {
    const validate = metaSchemas().compile(fixture<object>('openapi-3.1.schema.json'));
    expect([validate(api.document), validate.errors]).toEqual([true, null]);
  });

  test('holds schemas that are valid against JSON Schema 2020-12', () => {
    const ajv = metaSchemas();
    const schemas = [...Object.values(api.document.components.schemas), ...membersNamed('schema', api.document.paths)];
    expect(schemas.length).toBeGreaterThan(200);
    for (const schema of schemas)
      expect([ajv.validateSchema(schema as object), ajv.errors, schema]).toEqual([true, null, schema]);
  });

  test('refers only to what it has, and has nothing that is not referred to', () => {
    const text = JSON.stringify(api.document);
    const referred = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!));
    const has = Object.keys(api.document.components.schemas);
    expect([...referred].filter((name) => !has.includes(name))).toEqual([]);
    expect(has.filter((name) => !referred.has(name))).toEqual([
      'CrisisOpened',
      'LineResult',
      'ViewState',
      'SnapshotLine',
    ]);
  });

  test('names every operation once', () => {
    const ids = api.operations.map((its) => its.operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('lists every route that is registered, and no other', () => {
    const registered = [...server.routes].flatMap(([url, methods]) =>
      [...methods].filter((method) => method !== 'HEAD').map((method) => `${method} ${url.replace(/:(\w+)/g, '{$1}')}`),
    );
    const described = api.operations.map(({ method, path }) => `${method} ${path}`);
    expect(registered.sort()).toEqual(described.sort());
  });

  test('says of every operation what it takes, as its route says', () => {
    for (const { method, path, operation: its } of api.operations) {
      const scopes = server.needs.get(`${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`)!;
      const schemes = ['apiKey', 'accessToken', ...(method === 'GET' ? ['session'] : [])];
      const expected = schemes.flatMap((scheme) => scopes.map((scope) => ({ [scheme]: [scope] })));
      expect([its.operationId, (its as { security?: unknown }).security]).toEqual([its.operationId, expected]);
    }
    const { securitySchemes } = api.document.components as { securitySchemes?: object };
    expect(Object.keys(securitySchemes!)).toEqual(['apiKey', 'accessToken', 'session']);
  });

  test('describes a body that is one of the types by its `type`', () => {
    const { NewEvent } = api.document.components.schemas;
    const { propertyName, mapping } = NewEvent!['discriminator'] as { propertyName: string; mapping: object };
    expect(propertyName).toBe('type');
    expect(Object.values(mapping)).toEqual((NewEvent!['oneOf'] as { $ref: string }[]).map(({ $ref }) => $ref));
  });
});

describe('an example', () => {
  type Element = Record<string, unknown> & { readonly type: string };
  const examples = (type: string): Record<string, { value: unknown }> =>
    operation('appendEvents').operation.requestBody!.content[type]!.examples;
  const exampleOf = (type: string): Element => examples('application/json')[type]!.value as Element;

  const opened = new Map<string, Set<string>>();
  async function openNew(name: string): Promise<string> {
    const crisisId = `example-${name.toLowerCase()}`;
    const opening = operation('openCrisis').operation.requestBody!.content['application/json']!.examples;
    const answer = await post('/v1/crises', { ...(opening['CrisisOpened']!.value as object), crisisId });
    expect([answer.status, api.complaintAbout(operation('openCrisis'), answer)]).toEqual([201, undefined]);
    opened.set(crisisId, new Set());
    return crisisId;
  }

  async function append(crisisId: string, body: unknown, type?: string): Promise<Answered> {
    const answer = await post(`/v1/crises/${crisisId}/events`, body, type);
    expect([answer.text, api.complaintAbout(operation('appendEvents'), answer)]).toEqual([answer.text, undefined]);
    return answer;
  }

  /** Appends the events that an element refers to, made from the examples of types that may stand there, before it. */
  async function prepare(crisisId: string, element: Element): Promise<void> {
    const there = opened.get(crisisId)!;
    for (const { id, types } of parse(element, { now: Date.now() }).references) {
      if (there.has(id)) continue;
      there.add(id);
      const named: Element = { ...exampleOf(types?.[0] ?? 'StrikeReported'), eventId: id, tlp: 'CLEAR' };
      await prepare(crisisId, named);
      expect((await append(crisisId, named)).status).toBe(201);
    }
  }

  test('stands there for every type', () => {
    const types = Object.keys(
      (api.document.components.schemas['NewEvent']!['discriminator'] as { mapping: object }).mapping,
    );
    expect(Object.keys(examples('application/json')).sort()).toEqual([...types, 'array'].sort());
  });

  test('of every body is accepted as it stands, and every view of it is as described', async () => {
    for (const [name, { value }] of Object.entries(examples('application/json'))) {
      const crisisId = await openNew(name);
      for (const element of [value].flat() as Element[]) await prepare(crisisId, element);
      const answer = await append(crisisId, value);
      expect([name, answer.status, answer.text]).toEqual([name, 201, answer.text]);
      for (const view of ['getCrisis', 'listEvents', 'getStatus', 'getRisk', 'getRiskSeries', 'getBriefing'])
        await expectAnswer(operation(view), { crisisId });
    }
    await expectAnswer(operation('listCrises'));
  });

  test('of a body is described by the schema beside it', () => {
    const bodies = api.operations.filter(({ operation: { requestBody } }) => requestBody !== undefined);
    expect(bodies.length).toBeGreaterThan(5);
    for (const described of bodies) {
      const { examples } = described.operation.requestBody!.content['application/json']!;
      for (const { value } of Object.values(examples)) expect(api.complaintAboutBody(described, value)).toBeUndefined();
    }
  });

  test('of lines is accepted line by line', async () => {
    const { value } = examples('application/x-ndjson')['lines']! as { value: string };
    const crisisId = await openNew('lines');
    const lines = value.trimEnd().split('\n');
    for (const line of lines) await prepare(crisisId, JSON.parse(line) as Element);
    const { text } = await append(crisisId, value, 'application/x-ndjson');
    const results = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { status: number });
    expect(results.map(({ status }) => status)).toEqual(lines.map(() => 201));
  });

  const exampled = ({ operation: { parameters = [] } }: Described): DescribedParameter[] =>
    parameters.filter(({ in: where, example }) => where === 'query' && example !== undefined);
  const valuesOf = (parameters: readonly DescribedParameter[]): Record<string, string> =>
    Object.fromEntries(parameters.map(({ name, example }) => [name, String(example)]));

  test('of a parameter works, alone and with all others', async () => {
    for (const described of reads()) {
      const parameters = exampled(described);
      for (const parameter of parameters) await expectAnswer(described, valuesOf([parameter]));
      await expectAnswer(described, valuesOf(parameters));
    }
  });

  test('of each filter finds something', async () => {
    const list = operation('listEvents');
    const found = async (given: Record<string, string>): Promise<number> =>
      ((await expectAnswer(list, given)).body as { events: unknown[] }).events.length;
    for (const parameter of exampled(list)) expect(await found(valuesOf([parameter]))).toBeGreaterThan(0);
    expect(await found(valuesOf(exampled(list)))).toBeGreaterThan(0);
  });
});

describe('answers are as described', () => {
  const MOMENTS = [
    '2024-01-01T00:00Z',
    '2025-02-04T00:00:00Z',
    '2025-06-13T12:00:00Z',
    '2025-06-24T12:00:00Z',
    '2025-11-24T00:00:00Z',
  ];
  type Page = { events: { eventId: string }[]; next: string | null };
  type One = { cursor: string; effective: { correctedBy?: string } | null };

  test('of an import, line by line', () => {
    expect(imported.map((line) => api.complaintAboutSchema('LineResult', line)).filter(Boolean)).toEqual([]);
    expect(imported.map(({ status }) => status)).toEqual(imported.map(() => 201));
  });

  test('of every event, page by page, and of each with its amendments', async () => {
    const ids: string[] = [];
    for (let after: string | null | undefined; after !== null;) {
      const { body } = await expectAnswer(operation('listEvents'), { limit: '50', ...(after && { after }) });
      const page = body as Page;
      ids.push(...page.events.map(({ eventId }) => eventId));
      after = page.next;
    }
    expect(ids).toHaveLength(imported.length + 1);
    const effective: One['effective'][] = [];
    for (const eventId of ids)
      effective.push(((await expectAnswer(operation('getEvent'), { eventId })).body as One).effective);
    expect(effective.some((event) => event === null)).toBe(true);
    expect(effective.some((event) => event?.correctedBy !== undefined)).toBe(true);
  });

  test('of an export', async () => {
    const { text } = await expectAnswer(operation('listEvents'), {}, 'application/x-ndjson');
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(imported.length + 1);
    expect(lines.map((line) => api.complaintAboutSchema('Event', JSON.parse(line))).filter(Boolean)).toEqual([]);
  });

  test('of every view at moments of the world and of the record', async () => {
    const cursors = imported.filter((_, i) => i % 30 === 0).map(({ cursor }) => cursor as string);
    for (const described of reads().filter(({ path }) => path.startsWith('/v1/crises/{crisisId}'))) {
      const names = (described.operation.parameters ?? []).map(({ name }) => name);
      if (!names.includes('at')) continue;
      for (const at of MOMENTS) {
        await expectAnswer(described, { at });
        for (const asOf of cursors) await expectAnswer(described, { at, asOf });
      }
    }
  });

  test('of a series by what is known and by what was', async () => {
    for (const knowledge of ['now', 'then'])
      await expectAnswer(operation('getRiskSeries'), { from: '2025-01-01T00:00:00Z', points: '50', knowledge });
  });

  test('of a briefing as Markdown', async () => {
    const { contentType } = await expectAnswer(operation('getBriefing'), { format: 'markdown' });
    expect(contentType).toContain('text/markdown');
  });

  test('of a closed crisis', async () => {
    const crisisId = 'example-crisisclosed';
    const { body } = await expectAnswer(operation('getCrisis'), { crisisId });
    expect((body as { closed: unknown }).closed).not.toBeNull();
  });

  test('of every read that takes no parameter', async () => {
    for (const described of reads()) await expectAnswer(described);
  });

  test.each([
    ['getRisk', { crisisId: 'nowhere' }, 404],
    ['getRisk', { asOf: '2001-01-01T00:00:00Z' }, 404],
    ['getRisk', { model: '99' }, 422],
    ['getRisk', { at: 'yesterday' }, 400],
    ['getRisk', { asOf: 'AAAA' }, 400],
    ['getEvent', { eventId: '0197a3c0-0000-7000-8000-000000000009' }, 404],
    ['listEvents', { q: '***' }, 400],
    ['pullFeed', { after: 'AAAA' }, 400],
    ['streamFeed', { crisis: 'nowhere' }, 404],
    ['getSchema', { type: 'Nothing' }, 404],
    ['getProblem', { type: 'nothing' }, 404],
  ])('of %s refused with %j', async (id, given, status) => {
    const described = operation(id);
    const answer = await ask(addressOf(described, given));
    expect([answer.status, api.complaintAbout(described, answer)]).toEqual([status, undefined]);
  });
});

test('the page at / leads to what is there, and needs nothing else', async () => {
  const response = await fetch(`${server.url}/`);
  const page = await response.text();
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page).not.toMatch(/<script|style/);
  const links = [...page.matchAll(/<a href="(\/[^"]+)"/g)].map(([, address]) => address!);
  expect(links.length).toBeGreaterThan(2);
  for (const link of links) expect([link, (await fetch(server.url + link)).status]).toEqual([link, 200]);
});

describe('the page at /docs', () => {
  test('loads only what its own policy lets it load, and that is there', async () => {
    const response = await fetch(`${server.url}/docs`);
    const page = await response.text();
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)/);
    const loaded = [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, address]) => address!);
    expect(loaded.length).toBeGreaterThan(2);
    for (const address of loaded) {
      const part = await fetch(server.url + address);
      const type = address.endsWith('.css') ? 'text/css' : 'text/javascript';
      expect([address, part.status, part.headers.get('content-type')]).toEqual([
        address,
        200,
        expect.stringContaining(type),
      ]);
      expect((await part.text()).length).toBeGreaterThan(50);
    }
  });

  test('any other method than those described is refused as such', async () => {
    const answer = await ask('/v1/crises', { method: 'DELETE' });
    expect([answer.status, (answer.body as { type: string }).type]).toEqual([405, '/problems/method-not-allowed']);
  });
});
