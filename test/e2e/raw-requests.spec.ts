import { connect } from 'node:net';
import { createKey } from '../../apps/cli/src/keys';
import { opening } from '../support/elements';
import { type RunningServer, startTestServer } from '../support/running-server';

/**
 * T17: bytes that two programs could read as different requests. Each is followed by an append on the same connection,
 * hidden in its body or behind it: there is one answer, of the status that stands here, and nothing is stored.
 */
let server: RunningServer;
let key: string;
let port: number;
let events: number;
beforeAll(async () => {
  server = await startTestServer(undefined, {
    async prepare(dataDir) {
      key = await createKey(dataDir, { name: 'ana', role: 'analyst', level: 'AMBER', red: [], days: 1 }, Date.now());
    },
  });
  port = Number(new URL(server.url).port);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  await fetch(`${server.url}/v1/crises`, { method: 'POST', headers, body: JSON.stringify(opening('us-iran')) });
  events = await count();
});
afterAll(() => server.stop());

async function count(): Promise<number> {
  const path = `${server.url}/v1/crises/us-iran/events`;
  const page = await fetch(path, { headers: { authorization: `Bearer ${key}` } });
  return ((await page.json()) as { events: unknown[] }).events.length;
}

const SMUGGLED =
  '{"type":"OfficialStatementIssued","occurredAt":"2026-02-01T00:00:00Z","summary":"smuggled","tlp":"CLEAR"}';
const append = (headers: string, body: string, version = '1.1'): string =>
  `POST /v1/crises/us-iran/events HTTP/${version}\r\nHost: localhost\r\nAuthorization: Bearer KEY\r\nContent-Type: application/json\r\n${headers}\r\n${body}`;
const get = (headers = '', path = '/v1/session'): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer KEY\r\n${headers}\r\n`;
const hidden = append(`Content-Length: ${SMUGGLED.length}\r\n`, SMUGGLED);
const chunked = 'Transfer-Encoding: chunked\r\n';

const REQUESTS: readonly (readonly [name: string, bytes: string, status: number])[] = [
  ['a length beside chunks', append(`Content-Length: 5\r\n${chunked}`, `0\r\n\r\n${hidden}`), 400],
  ['chunks beside a length', append(`${chunked}Content-Length: 5\r\n`, `0\r\n\r\n${hidden}`), 400],
  ['two lengths', append('Content-Length: 2\r\nContent-Length: 200\r\n', `{}${hidden}`), 400],
  ['one length twice', append('Content-Length: 2\r\nContent-Length: 2\r\n', `{}${hidden}`), 400],
  ['a list of lengths', append('Content-Length: 2, 2\r\n', `{}${hidden}`), 400],
  ['a signed length', append('Content-Length: +2\r\n', `{}${hidden}`), 400],
  ['a negative length', append('Content-Length: -1\r\n', `{}${hidden}`), 400],
  ['a length beyond 2^64', append('Content-Length: 99999999999999999999\r\n', `{}${hidden}`), 400],
  ['a length in hex', append('Content-Length: 0x2\r\n', `{}${hidden}`), 400],
  ['a space before the colon', append('Content-Length : 2\r\n', `{}${hidden}`), 400],
  ['an unknown coding', append('Transfer-Encoding: deflate\r\n', `0\r\n\r\n${hidden}`), 400],
  ['chunks not last', append('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${hidden}`), 400],
  ['no coding', append('Transfer-Encoding: identity\r\n', `0\r\n\r\n${hidden}`), 400],
  ['two codings', append(`${chunked}Transfer-Encoding: identity\r\n`, `0\r\n\r\n${hidden}`), 400],
  ['a coding with a tab in it', append('Transfer-Encoding: chun\tked\r\n', `0\r\n\r\n${hidden}`), 400],
  ['compression before chunks', append('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'), 415],
  ['a folded header', append('X-A: b\r\n c\r\nContent-Length: 2\r\n', `{}${hidden}`), 400],
  ['a folded length', append('Content-Length:\r\n 2\r\n', `{}${hidden}`), 400],
  ['bare line feeds', get().replaceAll('\r\n', '\n') + hidden, 400],
  ['a bare carriage return', append('X-A: b\rContent-Length: 2\r\n', `{}${hidden}`), 400],
  ['NUL in a header', get('X-A: a\0b\r\n') + hidden, 400],
  ['a header without a name', get(': x\r\n') + hidden, 400],
  ['an extension without end', append(chunked, `2;${'a'.repeat(100_000)}\r\n{}\r\n0\r\n\r\n`), 400],
  ['an extension ended by a line feed', append(chunked, `2;\n{}\r\n0\r\n\r\n${hidden}`), 400],
  ['a chunk beyond 2^64', append(chunked, `fffffffffffffffff\r\n{}\r\n0\r\n\r\n${hidden}`), 400],
  ['a chunk of 0x2', append(chunked, `0x2\r\n{}\r\n0\r\n\r\n${hidden}`), 400],
  ['a chunk of -2', append(chunked, `-2\r\n{}\r\n0\r\n\r\n${hidden}`), 400],
  ['chunks ended by line feeds', append(chunked, `2\n{}\n0\n\n${hidden}`), 400],
  ['a chunk longer than it says', append(chunked, `2\r\n{}0\r\n\r\n${hidden}`), 400],
  [
    'a credential in a trailer',
    append(chunked, '2\r\n{}\r\n0\r\nAuthorization: Bearer KEY\r\n\r\n').replace(/Auth.*?\r\n/, ''),
    401,
  ],
  ['HTTP/0.9', 'GET /v1/session\r\n\r\n', 421],
  ['HTTP/1.2', get().replace('HTTP/1.1', 'HTTP/1.2') + hidden, 400],
  ['HTTP/2', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${hidden}`, 400],
  ['no host', get().replace(/Host.*?\r\n/, ''), 421],
  ['two hosts', get('Host: evil.example\r\n'), 400],
  ['the other host first', get().replace('Host:', 'Host: evil.example\r\nHost:'), 400],
  ['two credentials', get(`Authorization: Bearer other\r\n`), 400],
  ['two content types', append('Content-Type: text/plain\r\nContent-Length: 2\r\n', '{}'), 400],
  ['two origins', get('Origin: http://localhost\r\nOrigin: http://evil.example\r\n'), 400],
  ['two cookie headers', get('Cookie: a=b\r\nCookie: crisislog_session=c\r\n'), 400],
  ['an address of another host', get('', 'http://evil.example/v1/session'), 421],
  ['an address of a file', get('', 'file:///etc/passwd'), 421],
  ['an address without a scheme', get('', 'localhost:80/v1/session'), 400],
  ['TRACE', get().replace('GET', 'TRACE'), 405],
  ['an unknown method', get().replace('GET', 'FOO') + hidden, 400],
  ['a method in small letters', get().replace('GET', 'get') + hidden, 400],
  ['a method said otherwise', append('X-HTTP-Method-Override: GET\r\nContent-Length: 2\r\n', '{}'), 422],
  [
    'a request as the body of one that is refused',
    append(`Content-Length: ${hidden.length + 52}\r\n`, hidden).replace(/Auth.*?\r\n/, ''),
    401,
  ],
  ['a request as the body of a GET', get(`Content-Length: ${hidden.length + 52}\r\n`) + hidden, 200],
  ['an expectation of something else', append('Expect: 200-ok\r\nContent-Length: 2\r\n', '{}'), 417],
  ['two expectations', append('Expect: 100-continue, 200-ok\r\nContent-Length: 2\r\n', '{}'), 417],
  [
    'a body that is announced by nobody',
    append('Expect: 100-continue\r\nContent-Length: 2\r\n', '').replace(/Auth.*?\r\n/, ''),
    401,
  ],
  [
    'a body that is announced where none goes',
    append('Expect: 100-continue\r\nContent-Length: 2\r\n', '').replace('POST', 'PUT'),
    405,
  ],
  ['3,000 headers', get(Array.from({ length: 3000 }, (_, i) => `a${i}: 1\r\n`).join('')) + hidden, 431],
  ['a header of 20 KB', get(`X: ${'x'.repeat(20_000)}\r\n`) + hidden, 431],
  ['an address of 15 KB', get('', `/v1/crises/${'a'.repeat(15_000)}`), 400],
  ['1,400 parameters', get('', `/v1/crises/us-iran/events?${'a=1&'.repeat(1400)}`), 400],
  ['what is not HTTP', 'HELLO\r\n\r\n', 400],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
];

test.each(REQUESTS)('%s is one request at most, and stores nothing', async (_, bytes, status) => {
  const text = await exchange(bytes.replaceAll('KEY', key));
  const answers = [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, code]) => Number(code));
  expect(answers).toEqual([status]);
  if (status !== 200) expect(text).toMatch(/content-type: application\/problem\+json/i);
  expect(text).not.toMatch(/\n\s+at |node:|node_modules|clk_/);
  expect(await count()).toBe(events);
});

test('answers to requests that come at once keep their order, each with its own credential', async () => {
  const asked = [get(), get().replace(/Auth.*?\r\n/, ''), get('', '/v1/crises'), get().replace('KEY', 'x')];
  const text = await exchange((asked.join('').repeat(5) + get('Connection: close\r\n')).replaceAll('KEY', key));
  const answers = [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, code]) => Number(code));
  expect(answers).toEqual([...Array(5).fill([200, 401, 200, 401]).flat(), 200]);
});

test('whoever announces a body is told to go on when the credential was checked, and not before', async () => {
  const body = '{"type":"Unknown"}';
  const announced = append(`Expect: 100-continue\r\nConnection: close\r\nContent-Length: ${body.length}\r\n`, '');
  const text = await exchange(announced.replaceAll('KEY', key), body);
  expect([...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, code]) => Number(code))).toEqual([100, 422]);
});

test('the list has 59 requests', () => {
  expect(REQUESTS).toHaveLength(59);
});

const QUIET_MS = 150;

/** Sends bytes as they are; what came until the server closed, or said nothing more for a while. */
function exchange(bytes: string, whenToldToGoOn = ''): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    let quiet: NodeJS.Timeout | undefined;
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    const end = (): void => {
      clearTimeout(quiet);
      socket.destroy();
      resolve(text);
    };
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.endsWith('HTTP/1.1 100 Continue\r\n\r\n')) socket.write(whenToldToGoOn, 'latin1');
      clearTimeout(quiet);
      quiet = setTimeout(end, QUIET_MS);
    });
    socket.on('close', end).on('error', end);
  });
}
