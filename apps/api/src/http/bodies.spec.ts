import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { takeBodies } from './bodies';
import { Problem } from './problem';
import { sendProblem } from './to-problem';

const BODY_MS = 600;
let server: FastifyInstance;
beforeAll(async () => {
  server = fastify();
  takeBodies(server, BODY_MS);
  server.addHook('onRequest', (request, _reply, done) =>
    done(request.url === '/refused' ? new Problem('unauthenticated', 'No.') : undefined),
  );
  server.setErrorHandler((error, _request, reply) => sendProblem(reply, error as Problem));
  for (const path of ['/taken', '/refused'])
    server.post(path, (request, reply) => reply.send({ length: (request.body as Buffer).length }));
  server.post('/lines', async (request) => {
    let length = 0;
    for await (const chunk of request.body as AsyncIterable<Buffer>) length += chunk.length;
    return { length };
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => server.close());

/** Sends a chunk at a time, `every` so often, for as long as the server listens; then what it said, and how long that took. */
async function drip(path: string, type: string, every: number, chunks: number): Promise<{ text: string; ms: number }> {
  const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString())).on('error', () => undefined);
  const begun = performance.now();
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`,
  );
  let sent = 0;
  const dripping = setInterval(() => {
    if (sent++ < chunks) socket.write('1\r\n \r\n');
    else if (sent === chunks + 1) socket.write('0\r\n\r\n');
  }, every);
  // Not `once` of node:events: who goes on sending to a closed end may get an error first.
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(dripping);
  return { text, ms: performance.now() - begun };
}

test.each([
  ['a body that comes drop by drop', '/taken', 'application/json', 50, /^HTTP\/1.1 408 .*\/problems\/request-timeout/s],
  ['one that is promised and never comes', '/taken', 'application/json', 1e6, /^HTTP\/1.1 408 /],
])('%s is cut off', async (_, path, type, every, says) => {
  const { text, ms } = await drip(path, type, every, 1000);
  expect(text).toMatch(says);
  expect(ms).toBeLessThan(5 * BODY_MS);
});

test('one that nobody reads, because the request was refused, is cut off too', async () => {
  const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString()));
  socket.write(
    'POST /refused HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n1',
  );
  await once(socket, 'close');
  expect(text).toMatch(/^HTTP\/1.1 401 /);
});

test('lines may come for as long as they like', async () => {
  const { text, ms } = await drip('/lines', 'application/x-ndjson', 100, 12);
  expect([text.slice(0, 12), text.slice(-13)]).toEqual(['HTTP/1.1 200', '{"length":12}']);
  expect(ms).toBeGreaterThan(1.5 * BODY_MS);
});

test('a connection whose requests arrived is not cut', async () => {
  const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
  let answers = 0;
  socket.on('data', (data: Buffer) => (answers += data.toString().split('HTTP/1.1 ').length - 1));
  for (const path of ['/taken', '/refused', '/taken']) {
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`,
    );
    await new Promise((resolve) => setTimeout(resolve, BODY_MS));
  }
  expect([answers, socket.closed]).toEqual([3, false]);
  socket.destroy();
});
