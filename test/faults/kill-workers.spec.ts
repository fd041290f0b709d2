import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CrisisLog, type NewCrisis, type NewEvent, Refused } from '#client';
import { opening, strike } from '../support/elements';
import { random, SEED } from '../support/seed';
import { type ServerProcess, spawnServer } from '../support/server-process';

/** T13: kill -9 of the server while two workers share a named consumer, and leave leases behind. `LONG=1` for minutes. */
const KILLS = process.env['LONG'] ? 120 : 5;
const CRISES = ['one', 'two', 'three'];
const PATIENCE = { attempts: 1000, firstDelayMs: 20, maxDelayMs: 100 };

let dataDir: string;
let server: ServerProcess;
beforeAll(() => (dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-workers-'))));
afterAll(async () => {
  await server.drain();
  rmSync(dataDir, { recursive: true, force: true });
});

test(`${KILLS} kills of the server, two workers that abandon leases: nothing is lost or out of order (seed ${SEED})`, async () => {
  const next = random(SEED);
  server = await spawnServer(dataDir);
  const { url } = server;
  const PORT = new URL(url).port;
  const log = new CrisisLog(url, { patience: PATIENCE });
  for (const crisisId of CRISES) await log.open(opening(crisisId) as unknown as NewCrisis);
  const consumer = log.consumer('workers');
  await consumer.make({ types: ['StrikeReported'], maxAttempts: 100 });
  let writing = true;
  const acknowledged = new Map(CRISES.map((crisis) => [crisis, [] as string[]]));
  const writers = CRISES.map(async (crisis) => {
    while (writing) {
      const element = strike({ eventId: crypto.randomUUID() }) as unknown as NewEvent;
      acknowledged.get(crisis)!.push((await log.append(crisis, element)).eventId);
      await delay(20);
    }
  });
  const total = (): number => [...acknowledged.values()].flat().length;

  /** What was done for each crisis: once acknowledged it must not come again. */
  const done = new Map(CRISES.map((crisis) => [crisis, [] as string[]]));
  let abandoned = 0;
  let repeated = 0;
  let finished = false;
  const workers = [1, 2].map(async () => {
    while (!finished) {
      const batch = await consumer.next({ limit: 5, leaseSeconds: 1, waitSeconds: 1 });
      if (!batch) continue;
      if (writing && next() < 0.1) {
        abandoned++;
        continue;
      }
      const its = done.get(batch.crisisId)!;
      const fresh = batch.items.map(({ subject }) => subject).filter((id) => !its.includes(id));
      repeated += batch.items.length - fresh.length;
      its.push(...fresh);
      await batch.acknowledge().catch((error: unknown) => {
        // Settled before its answer was lost, or by another worker since.
        if (!(error instanceof Refused && error.status === 409)) throw error;
      });
    }
  });
  for (let kill = 0; kill < KILLS; kill++) {
    await delay(300 + next() * 700);
    await server.kill();
    server = await spawnServer(dataDir, { PORT });
  }
  writing = false;
  await Promise.all(writers);
  const isDone = (): boolean => [...done.values()].flat().length >= total();
  for (const since = performance.now(); !isDone() && performance.now() - since < 60_000;) await delay(50);
  finished = true;
  await Promise.all(workers);
  for (const crisis of CRISES) expect([crisis, done.get(crisis)]).toEqual([crisis, acknowledged.get(crisis)]);
  expect(total()).toBeGreaterThan(KILLS);
  console.log(
    `${KILLS} kills, ${abandoned} leases abandoned: ${total()} events handed out, 0 lost, 0 out of order, ${repeated} repeated`,
  );
}, 1_200_000);
