import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { opening, strike } from '../support/elements';
import { random, SEED } from '../support/seed';
import { type ServerProcess, spawnServer } from '../support/server-process';

/** T1: kill -9 while clients append. `LONG=1` runs the full bar. */
const KILLS = process.env['LONG'] ? 200 : 20;
const CLIENTS = 8;

interface Ack {
  readonly eventId: string;
  readonly revision: number;
  readonly position: number;
}

test(
  `${KILLS} kills of the server during appends lose nothing, move nothing, store nothing twice (seed ${SEED})`,
  async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-kill-'));
    const next = random(SEED);
    let starting = spawnServer(dataDir);
    await post(await starting, '/v1/crises', opening('us-iran'));
    const acks: Ack[] = [];
    let running = true;
    const current = (): Promise<ServerProcess> => starting;
    const clients = Array.from({ length: CLIENTS }, () => appendUntil(() => !running, current, acks));
    for (let kill = 0; kill < KILLS; kill++) {
      await delay(50 + next() * 250);
      const killed = await starting;
      starting = killed.kill().then(() => spawnServer(dataDir));
      await starting;
    }
    running = false;
    await Promise.all(clients);
    const server = await starting;
    const stored = await readAll(server);
    await server.drain();
    rmSync(dataDir, { recursive: true, force: true });

    expect(acks.length).toBeGreaterThan(KILLS);
    expect(stored.map(({ revision }) => revision)).toEqual(stored.map((_, i) => i));
    expect(new Set(stored.map(({ eventId }) => eventId)).size).toBe(stored.length);
    const byId = new Map(stored.map((event) => [event.eventId, event]));
    expect(
      acks.filter(
        ({ eventId, revision, position }) =>
          byId.get(eventId)?.revision !== revision || byId.get(eventId)?.position !== position,
      ),
    ).toEqual([]);
    console.log(`${KILLS} kills: ${acks.length} acknowledged, ${stored.length - 1} stored, 0 lost, 0 moved, 0 twice`);
  },
  60_000 + KILLS * 10_000,
);

/** Sends events one after the other; one that got no answer is sent again, unchanged, to the next server, until it has one. */
async function appendUntil(stop: () => boolean, server: () => Promise<ServerProcess>, acks: Ack[]): Promise<void> {
  while (!stop()) {
    const element = strike({ eventId: crypto.randomUUID() });
    for (;;) {
      try {
        acks.push(await post(await server(), '/v1/crises/us-iran/events', element));
        break;
      } catch {
        await delay(20);
      }
    }
  }
}

async function post(server: ServerProcess, path: string, body: object): Promise<Ack> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()) as Ack;
}

async function readAll(server: ServerProcess): Promise<Ack[]> {
  const response = await fetch(`${server.url}/v1/crises/us-iran/events`, {
    headers: { accept: 'application/x-ndjson' },
  });
  return (await response.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Ack);
}
