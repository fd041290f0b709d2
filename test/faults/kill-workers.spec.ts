import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CrisisLog, type NewCrisis, type NewEvent } from '#client';
import { opening, strike } from '../support/elements';
import { random, SEED } from '../support/seed';
import { type ServerProcess, spawnServer } from '../support/server-process';
import { WorkDone } from './named-worker';

/** T13: kill -9 of the server and of two workers that share a named consumer, who leave leases behind. `LONG=1` for minutes. */
const UP_TO = process.env['LONG']
  ? { what: '300 s of kills', kills: Infinity, seconds: 300 }
  : { what: '8 kills', kills: 8, seconds: Infinity };
const CRISES = ['one', 'two', 'three'];
const CATCH_UP_MS = 60_000;

let dataDir: string;
let server: ServerProcess;
let workers: ChildProcess[] = [];
beforeAll(() => (dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-workers-'))));
afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL');
  await server.drain();
  rmSync(dataDir, { recursive: true, force: true });
});

function startWorker(url: string): ChildProcess {
  const args = [join(__dirname, 'named-worker.js'), url, 'workers', join(dataDir, 'done.sqlite')];
  return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

test(`${UP_TO.what} of server and workers: nothing missed or out of order, each done once by its id (seed ${SEED})`, async () => {
  const next = random(SEED);
  server = await spawnServer(dataDir);
  const { url } = server;
  const PORT = new URL(url).port;
  const log = new CrisisLog(url, { patience: { attempts: 1000, firstDelayMs: 20, maxDelayMs: 100 } });
  for (const crisisId of CRISES) await log.open(opening(crisisId) as unknown as NewCrisis);
  // A kill counts as an attempt of whoever held the lease; nothing is to be parked.
  await log.consumer('workers').make({ types: ['StrikeReported'], maxAttempts: 100 });
  const done = new WorkDone(join(dataDir, 'done.sqlite'));
  workers = [startWorker(url), startWorker(url)];
  let writing = true;
  const acknowledged = new Map(CRISES.map((crisis) => [crisis, [] as string[]]));
  const writers = CRISES.map(async (crisis) => {
    while (writing) {
      const element = strike({ eventId: crypto.randomUUID() }) as unknown as NewEvent;
      acknowledged.get(crisis)!.push((await log.append(crisis, element)).eventId);
      await delay(20);
    }
  });
  const killed = { server: 0, worker: 0 };
  const since = performance.now();
  for (let kill = 0; kill < UP_TO.kills && performance.now() - since < UP_TO.seconds * 1000; kill++) {
    await delay(300 + next() * 700);
    if (next() < 0.5) {
      await server.kill();
      server = await spawnServer(dataDir, { PORT });
      killed.server++;
    } else {
      const which = Math.floor(next() * workers.length);
      workers[which]!.kill('SIGKILL');
      await once(workers[which]!, 'exit');
      workers[which] = startWorker(url);
      killed.worker++;
    }
  }
  writing = false;
  await Promise.all(writers);
  const total = [...acknowledged.values()].flat().length;
  for (const begun = performance.now(); done.count('done') < total && performance.now() - begun < CATCH_UP_MS;)
    await delay(50);

  const tally = { missed: 0, outOfOrder: 0 };
  for (const crisis of CRISES) {
    const came = done.idsOf(crisis);
    const places = new Map(acknowledged.get(crisis)!.map((id, place) => [id, place]));
    tally.missed += places.size - came.filter((id) => places.has(id)).length;
    tally.outOfOrder += came.filter((id, i) => i > 0 && places.get(id)! < places.get(came[i - 1]!)!).length;
  }
  const again = done.count('again');
  expect({ ...tally, done: done.count('done') }).toEqual({ missed: 0, outOfOrder: 0, done: total });
  done.close();
  expect(total).toBeGreaterThan(killed.server + killed.worker);
  console.log(
    `${killed.server} kills of the server, ${killed.worker} of a worker: ${total} events done, 0 missed, 0 out of order; ${again} came again and were known by their id`,
  );
}, 1_200_000);
