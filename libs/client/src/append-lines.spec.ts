import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CrisisLog } from './crisis-log';
import { type Patience, Refused, Unanswered } from './patience';

/**
 * What a client must survive: servers that are busy, cut connections and answer in part. These are faults, so a real
 * server cannot be asked to show them; that the two understand each other is for test/e2e.
 */

type Answer = (lines: readonly string[], reply: ServerResponse) => void;

const IMPATIENT: Patience = { attempts: 3, firstDelayMs: 1, maxDelayMs: 2 };

let server: Server;
let requests: string[][];
let script: Answer[];

beforeEach(async () => {
  requests = [];
  script = [];
  server = createServer((request, reply) => void answer(request, reply));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const answer = async (request: IncomingMessage, reply: ServerResponse): Promise<void> => {
  const body = (await request.toArray()).join('');
  const lines = body.split('\n').filter((line) => line !== '');
  requests.push(lines);
  // The last answer of the script is the answer from then on.
  (script.length > 1 ? script.shift()! : script[0]!)(lines, reply);
};

const result = (status: number, line: string): string => `${JSON.stringify({ status, eventId: line })}\n`;

const storesAll: Answer = (lines, reply) => reply.end(lines.map((line) => result(201, line)).join(''));

const busy: Answer = (_, reply) => reply.writeHead(503).end(JSON.stringify({ title: 'busy' }));

const cutAfter =
  (count: number): Answer =>
  (lines, reply) => {
    const some = lines.slice(0, count).map((line) => result(201, line));
    reply.write(`${some.join('')}{"status":2`, () => setImmediate(() => reply.destroy()));
  };

const endsAfter =
  (count: number): Answer =>
  (lines, reply) =>
    storesAll(lines.slice(0, count), reply);

const unknownAt =
  (place: number): Answer =>
  (lines, reply) =>
    reply.end(lines.map((line, index) => result(index === place ? 503 : 201, line)).join(''));

const EVENTS = ['"a"', '"b"', '"c"', '"d"'];

const append = async (...answers: Answer[]): Promise<{ settled: [number, number][]; notices: string[] }> => {
  script = answers;
  const settled: [number, number][] = [];
  const notices: string[] = [];
  await clientOf((text) => notices.push(text)).appendLines('c', EVENTS, ({ status }, index) =>
    settled.push([index, status]),
  );
  return { settled, notices };
};

const clientOf = (notice: (text: string) => void = () => undefined): CrisisLog =>
  new CrisisLog(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    patience: IMPATIENT,
    onTrouble: ({ message }) => notice(message),
  });

const EACH_ONCE = EVENTS.map((_, index) => [index, 201]);

describe('an append gets a definite answer for each event, once and in order', () => {
  test.each<[string, Answer[], string[][]]>([
    ['from a server that is well', [storesAll], [EVENTS]],
    ['from one that was busy', [busy, busy, storesAll], [EVENTS, EVENTS, EVENTS]],
    ['from one that cut the answer', [cutAfter(1), storesAll], [EVENTS, EVENTS.slice(1)]],
    ['from one that cut it at once', [cutAfter(0), storesAll], [EVENTS, EVENTS]],
    ['from one that ended it early', [endsAfter(3), storesAll], [EVENTS, EVENTS.slice(3)]],
    ['from one that did not know of one event', [unknownAt(2), storesAll], [EVENTS, EVENTS.slice(2)]],
    ['from one that gives a little each time', [endsAfter(1)], EVENTS.map((_, index) => EVENTS.slice(index))],
  ])('%s', async (_, answers, sent) => {
    expect((await append(...answers)).settled).toEqual(EACH_ONCE);
    expect(requests).toEqual(sent);
  });
});

test('a server that stays busy is given up after so many attempts, saying why', async () => {
  const refused = append(busy);
  await expect(refused).rejects.toThrow(Unanswered);
  await expect(refused).rejects.toThrow('503 busy');
  expect(requests).toHaveLength(IMPATIENT.attempts);
});

test('who waits is told once', async () => {
  expect((await append(busy, busy, storesAll)).notices).toEqual(['503 busy']);
});

test('a refusal of the whole request is not tried again', async () => {
  const refusal = { title: 'There is no such crisis', detail: 'There is no crisis c.' };
  await expect(append((_, reply) => reply.writeHead(404).end(JSON.stringify(refusal)))).rejects.toThrow(
    new Refused(404, refusal),
  );
  expect(requests).toHaveLength(1);
});

test('an export that is cut is an error, not a shorter export', async () => {
  script = [(_, reply) => reply.write('{"eventId":', () => setImmediate(() => reply.destroy()))];
  const read = async () => {
    for await (const _chunk of await clientOf().export('c'));
  };
  await expect(read()).rejects.toThrow('terminated');
});
