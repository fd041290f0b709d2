import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { opening, strike } from '../support/elements';
import { type ServerProcess, spawnServer } from '../support/server-process';

/** T17: those who hold a connection and send little or nothing, while others append. */
const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-idle-'));
const sockets: Socket[] = [];
let server: ServerProcess;
beforeAll(async () => {
  server = await spawnServer(dataDir);
  expect((await send('/v1/crises', opening('us-iran'))).status).toBe(201);
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await server.kill();
  for (const folder of [dataDir, `${dataDir}-access`]) rmSync(folder, { recursive: true, force: true });
});

const EVENTS = '/v1/crises/us-iran/events';
const EACH = 400;
const HEAD = `POST ${EVENTS} HTTP/1.1\r\nHost: localhost\r\n`;
const JSON_HEAD = `${HEAD}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`;

const send = (path: string, body: object): Promise<Response> =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

interface Held {
  readonly text: string;
  readonly ms: number;
}

/** Sends that much and no more; resolves with what came until the server closed the connection, and when. */
async function hold(bytes: string): Promise<{ readonly cut: Promise<Held> }> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'connect');
  const began = performance.now();
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  socket.write(bytes);
  return { cut: once(socket, 'close').then(() => ({ text, ms: performance.now() - began })) };
}

const holdAll = (bytes: string) => Promise.all(Array.from({ length: EACH }, () => hold(bytes)));

async function slowestAppend(): Promise<number> {
  let slowest = 0;
  for (let i = 0; i < 200; i++) {
    const began = performance.now();
    expect((await send(EVENTS, strike())).status).toBe(201);
    slowest = Math.max(slowest, performance.now() - began);
  }
  return slowest;
}

test('1,200 of them hold up nobody, and who does not finish its headers is cut off after 10 to 15 s', async () => {
  const alone = await slowestAppend();
  const [silent, halfHeads, halfBodies] = await Promise.all(['', HEAD, JSON_HEAD].map(holdAll));
  expect(await slowestAppend()).toBeLessThan(Math.max(1000, 10 * alone));
  const cut = await Promise.all(halfHeads!.map(({ cut }) => cut));
  for (const { text } of cut) expect(text).toMatch(/^HTTP\/1\.1 408 [^]*problems\/request-timeout/);
  const times = cut.map(({ ms }) => ms);
  expect(Math.min(...times)).toBeGreaterThan(9_900);
  expect(Math.max(...times)).toBeLessThan(17_000);
  // Whoever says nothing at all is cut off likewise; a body has its own time.
  await Promise.all(silent!.map(({ cut }) => cut));
  expect(sockets.filter(({ destroyed }) => !destroyed)).toHaveLength(halfBodies!.length);
  expect((await send(EVENTS, strike())).status).toBe(201);
});

test('whoever closes its side after asking is answered, and after half a question is let go', async () => {
  const ask = async (bytes: string): Promise<string> => {
    const socket = connect({ port: Number(new URL(server.url).port), host: '127.0.0.1', allowHalfOpen: true });
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.end(bytes);
    await once(socket, 'end');
    socket.destroy();
    return text;
  };
  expect(await ask('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  expect(await ask(HEAD)).toMatch(/^(HTTP\/1\.1 400 |$)/);
  expect(await ask(JSON_HEAD)).toMatch(/^(HTTP\/1\.1 400 |$)/);
});
