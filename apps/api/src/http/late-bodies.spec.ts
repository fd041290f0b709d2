import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LateBodies } from './late-bodies';

const PATIENCE_MS = 1_000;
let now = 0;
const late = new LateBodies(PATIENCE_MS, () => now);
const server = createServer();
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** A request of which so much of its body is sent. */
async function begun(body: string) {
  const { port } = server.address() as AddressInfo;
  const client = request({ port, host: '127.0.0.1', method: 'POST', headers: { 'content-length': 10 } });
  client.on('error', () => undefined);
  client.write(body);
  const [incoming, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  late.expect(incoming, response);
  return { client, incoming, response };
}

/** The same, refused before that is read. */
async function refused(body: string) {
  const its = await begun(body);
  its.response.writeHead(401).end();
  return its;
}

test('a body that is there is forgotten, however many are refused in the time of one', async () => {
  const { incoming } = await refused('0123456789');
  expect(late.size).toBe(1);
  if (!incoming.complete) await once(incoming.resume(), 'end');
  late.sweep();
  expect(late.size).toBe(0);
});

test('one that is not has its time, and no more', async () => {
  const { client, incoming } = await refused('01234');
  now += PATIENCE_MS - 1;
  late.sweep();
  expect([late.size, incoming.socket.destroyed]).toEqual([1, false]);
  now += 1;
  late.sweep();
  expect([late.size, incoming.socket.destroyed]).toEqual([0, true]);
  client.destroy();
});

test('lines may take as long as they like, but for those that come when they are answered', async () => {
  const { client, incoming, response } = await begun('01234');
  late.awaitAnswer(incoming);
  now += 10 * PATIENCE_MS;
  late.sweep();
  expect(incoming.socket.destroyed).toBe(false);
  response.writeHead(415).end();
  await once(response, 'finish');
  late.sweep();
  expect([late.size, incoming.socket.destroyed]).toEqual([1, false]);
  now += PATIENCE_MS;
  late.sweep();
  expect([late.size, incoming.socket.destroyed]).toEqual([0, true]);
  client.destroy();
});
