import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { newId, opening, strike } from '../support/elements';
import { type ServerProcess, spawnServer } from '../support/server-process';

/** T25: SIGTERM under load, with clients that would never leave by themselves. */
const DRAIN_MS = 10_000;
const CLIENTS = 8;
const EVENTS = '/v1/crises/us-iran/events';

let dataDir: string;
beforeAll(() => (dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-drain-'))));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

test('a drained server has answered or refused everyone, in time, and lost nothing', async () => {
  const server = await spawnServer(dataDir);
  await post(server, '/v1/crises', opening('us-iran'));
  const acknowledged: string[] = [];
  const clients = Array.from({ length: CLIENTS }, () => appendUntilRefused(server, acknowledged));
  const stuck = [
    await send(server, 'Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"half'),
    await send(server, 'Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n'),
  ];
  await delay(500);
  const since = performance.now();
  expect(await server.drain()).toBe(0);
  expect(performance.now() - since).toBeLessThan(DRAIN_MS);
  await Promise.all(clients);
  stuck.forEach((socket) => socket.destroy());

  const again = await spawnServer(dataDir);
  const stored = await storedIds(again);
  await again.drain();
  expect(acknowledged.length).toBeGreaterThan(CLIENTS);
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
}, 60_000);

test('a second server on the same data folder refuses to start, and says why', async () => {
  const server = await spawnServer(dataDir);
  await expect(spawnServer(dataDir)).rejects.toThrow(/ended with 1: .*owner\.lock is held by a running log/);
  expect(await server.drain()).toBe(0);
});

async function appendUntilRefused(server: ServerProcess, acknowledged: string[]): Promise<void> {
  for (;;) {
    const eventId = newId();
    const response = await post(server, EVENTS, strike({ eventId })).catch(() => undefined);
    if (response?.status !== 201) return;
    acknowledged.push(eventId);
  }
}

const post = (server: ServerProcess, path: string, body: object): Promise<Response> =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** A request that is begun and never ended. */
async function send(server: ServerProcess, rest: string): Promise<Socket> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(`POST ${EVENTS} HTTP/1.1\r\nHost: 127.0.0.1\r\n${rest}`);
  return socket;
}

async function storedIds(server: ServerProcess): Promise<Set<string>> {
  const response = await fetch(server.url + EVENTS, { headers: { accept: 'application/x-ndjson' } });
  const lines = (await response.text()).trim().split('\n');
  return new Set(lines.map((line) => (JSON.parse(line) as { eventId: string }).eventId));
}
