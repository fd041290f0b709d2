import * as fc from 'fast-check';
import { connect } from 'node:net';
import { type Answered, DescribedApi, type Described, type Document } from '../support/described-api';
import { addressOf, type FuzzedRequest, requestsAsDescribed, requestsTo } from '../support/described-requests';
import { importExample } from '../support/example-crisis';
import { type RunningServer, startSigningServer } from '../support/running-server';
import { SEED } from '../support/seed';
import { textOf } from '../support/text-of';

/** T19: whatever is sent to any operation, the answer is one that the document says. `LONG=1` runs the full bar. */
const RUNS = process.env['LONG'] ? 20_000 : 1_500;
const SECONDS_A_RUN = 0.1;
/** Of an operation that has not succeeded among them. */
const MORE_RUNS = 500;

let server: RunningServer;
let api: DescribedApi;
let results: Record<string, unknown>[];
beforeAll(async () => {
  server = await startSigningServer();
  api = new DescribedApi((await (await fetch(`${server.url}/openapi.json`)).json()) as Document);
  results = await importExample(server.url, 'us-iran');
  await importExample(server.url, 'fuzzed');
});
afterAll(() => server.stop());

async function send(request: FuzzedRequest): Promise<Answered> {
  const { method, headers, body } = request;
  const response = await fetch(server.url + addressOf(request), {
    method,
    headers,
    ...(body !== undefined && method !== 'GET' && { body }),
  });
  return {
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    text: await textOf(response),
  };
}

/** The operation that a request reaches after all that was changed in it. */
function reached({ method, path }: FuzzedRequest): Described | undefined {
  const { pathname } = new URL(server.url + path);
  const depth = (described: Described): number => described.path.split('{').length;
  return api.operations
    .filter((its) => its.method === method && new RegExp(`^${its.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname))
    .sort((one, other) => depth(one) - depth(other))[0];
}

function complaint(request: FuzzedRequest, answer: Answered): string | undefined {
  if (answer.status >= 500) return `a failure: ${answer.status} ${answer.text}`;
  const described = reached(request);
  if (described) return api.complaintAbout(described, answer) ?? complaintAboutLines(described, answer);
  if (![400, 403, 404, 405, 415].includes(answer.status)) return `there is nothing, but it answers ${answer.status}`;
  if (!answer.contentType.startsWith('application/problem+json')) return `no problem but ${answer.contentType}`;
  return api.complaintAboutSchema('Problem', JSON.parse(answer.text));
}

function complaintAboutLines({ operation, method }: Described, { contentType, text }: Answered): string | undefined {
  if (contentType !== 'application/x-ndjson' || text === '') return undefined;
  // Its lines are for the verifier, which is strict about each.
  if (operation.operationId === 'getBundle') return undefined;
  const schema = operation.operationId === 'getSnapshot' ? 'SnapshotLine' : method === 'POST' ? 'LineResult' : 'Event';
  const wrong = text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const value = JSON.parse(line) as { status?: number };
      if (value.status !== undefined && value.status >= 500) return line;
      return api.complaintAboutSchema(schema, value);
    });
  const first = wrong.find((its) => its !== undefined);
  return first && `${operation.operationId}, a line: ${first}`;
}

/** They succeed with the lease of just now only. */
const TAKES_A_LEASE = ['acknowledge', 'refuse'];

/** Order between two parameters and tokens made for another listing are what schemas cannot say. */
const BEYOND_A_SCHEMA = [
  ...['from', 'after', 'Idempotency-Key', 'If-Match', 'asOf', 'asOfA', 'asOfB', 'atLeast', 'Last-Event-ID'],
];

function refusedAsMalformed({ status, text }: Answered): boolean {
  if (status !== 400 && status !== 415) return false;
  const { parameter } = JSON.parse(text) as { parameter?: string };
  return parameter === undefined || !BEYOND_A_SCHEMA.includes(parameter);
}

test(
  `${RUNS} requests are answered as described (SEED=${SEED})`,
  async () => {
    const succeeded = new Set<string>();
    const known = {
      crises: ['us-iran', 'fuzzed'],
      eventIds: results.map(({ eventId }) => eventId as string),
      cursors: results.map(({ cursor }) => cursor as string),
    };
    const ask = async (to: Described, request: FuzzedRequest): Promise<void> => {
      const answer = await send(request);
      expect([complaint(request, answer), request]).toEqual([undefined, request]);
      if (request.changed) return;
      if (to.method === 'GET')
        expect([refusedAsMalformed(answer), request, answer.text]).toEqual([false, request, answer.text]);
      if (answer.status < 300) succeeded.add(to.operation.operationId);
    };
    await fc.assert(
      fc.asyncProperty(requestsTo(api, known), ({ to, request }) => ask(to, request)),
      { numRuns: RUNS, seed: SEED | 0 },
    );
    const idOf = (to: Described): string => to.operation.operationId;
    const rest = api.operations.filter((to) => !succeeded.has(idOf(to)) && !TAKES_A_LEASE.includes(idOf(to)));
    // Some succeed seldom, and chance may have left one out.
    for (const to of rest) {
      const more = fc.sample(requestsAsDescribed(api, to, known), { numRuns: MORE_RUNS, seed: SEED | 0 });
      for (const request of more) {
        if (succeeded.has(idOf(to))) break;
        await ask(to, request);
      }
    }
    expect(rest.map(idOf).filter((id) => !succeeded.has(id))).toEqual([]);
  },
  RUNS * SECONDS_A_RUN * 1000,
);

test.each([
  ['what is not HTTP', 'HELLO\r\n\r\n', 400, 'malformed-request'],
  ['a header without a name', 'GET / HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n', 400, 'malformed-request'],
  [
    'more headers than anyone needs',
    `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    431,
    'headers-too-large',
  ],
  [
    'an address that is no UTF-8',
    'GET /v1/crises/%ff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    400,
    'malformed-request',
  ],
])('%s is refused with a problem', async (_, bytes, status, type) => {
  const answer = await exchange(bytes);
  const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).toMatch(/content-type: application\/problem\+json/i);
  expect(api.complaintAboutSchema('Problem', JSON.parse(body))).toBeUndefined();
  expect(JSON.parse(body)).toMatchObject({ type: `/problems/${type}`, status });
});

/** Sends bytes as they are and reads until the server closes. */
function exchange(bytes: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname.replace(/[[\]]/g, ''), () => socket.write(bytes));
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('close', () => resolve(text)).on('error', reject);
  });
}
