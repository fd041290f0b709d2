import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CrisisLog, type NewCrisis, type NewEvent } from '#client';
import { ReadModel } from '../../examples/consumer/read-model';
import { opening, strike } from '../support/elements';
import { random, SEED } from '../support/seed';
import { type ServerProcess, spawnServer } from '../support/server-process';

/** T13: kill -9 of the server and of a consumer while events come in. `LONG=1` goes on for minutes. */
const UP_TO = process.env['LONG']
  ? { what: '300 s of kills', kills: Infinity, seconds: 300 }
  : { what: '16 kills', kills: 16, seconds: Infinity };
const CRISES = ['one', 'two', 'three'];
const CATCH_UP_MS = 30_000;

let dataDir: string;
let server: ServerProcess;
let consumer: ChildProcess;
beforeAll(() => (dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-consumer-'))));
afterAll(async () => {
  consumer.kill('SIGKILL');
  await server.drain();
  rmSync(dataDir, { recursive: true, force: true });
});

const file = (): string => join(dataDir, 'read-model.sqlite');

function startConsumer(url: string): ChildProcess {
  const main = join(__dirname, '..', '..', 'examples', 'consumer', 'main.js');
  return spawn(process.execPath, [main, url, file()], { stdio: ['ignore', 'ignore', 'inherit'] });
}

test(`${UP_TO.what} of server and consumer: nothing missed, out of order or repeated (seed ${SEED})`, async () => {
  const next = random(SEED);
  server = await spawnServer(dataDir);
  const { url } = server;
  const PORT = new URL(url).port;
  const log = new CrisisLog(url, { patience: { attempts: 1000, firstDelayMs: 20, maxDelayMs: 100 } });
  for (const crisisId of CRISES) await log.open(opening(crisisId) as unknown as NewCrisis);
  consumer = startConsumer(url);
  let running = true;
  const acknowledged: string[] = [];
  const writers = CRISES.map(async (crisis) => {
    while (running) {
      const element = strike({ eventId: crypto.randomUUID() }) as unknown as NewEvent;
      acknowledged.push((await log.append(crisis, element)).eventId);
    }
  });
  const killed = { server: 0, consumer: 0 };
  const since = performance.now();
  for (let kill = 0; kill < UP_TO.kills && performance.now() - since < UP_TO.seconds * 1000; kill++) {
    await delay(next() * 700);
    if (next() < 0.5) {
      await server.kill();
      server = await spawnServer(dataDir, { PORT });
      killed.server++;
    } else {
      consumer.kill('SIGKILL');
      await once(consumer, 'exit');
      consumer = startConsumer(url);
      killed.consumer++;
    }
  }
  running = false;
  await Promise.all(writers);

  const recorded = new Map<string, string[]>();
  for (const crisis of CRISES) recorded.set(crisis, await idsRecorded(url, crisis));
  const total = [...recorded.values()].flat().length;
  const model = new ReadModel(file());
  const held = (): number => CRISES.flatMap((crisis) => model.idsOf(crisis)).length;
  for (const begun = performance.now(); held() < total && performance.now() - begun < CATCH_UP_MS;) await delay(50);

  const tally = { missed: 0, outOfOrder: 0, repeated: 0 };
  for (const crisis of CRISES) {
    const delivered = model.idsOf(crisis);
    const places = new Map(recorded.get(crisis)!.map((id, place) => [id, place]));
    const came = new Set(delivered);
    tally.missed += [...places.keys()].filter((id) => !came.has(id)).length;
    tally.outOfOrder += delivered.filter((id, i) => i > 0 && places.get(id)! < places.get(delivered[i - 1]!)!).length;
  }
  // Each application adds one, so what was applied twice would count twice.
  tally.repeated = model.tallies().reduce((sum, { events }) => sum + events, 0) - held();
  model.close();
  expect(tally).toEqual({ missed: 0, outOfOrder: 0, repeated: 0 });
  expect(acknowledged.length).toBeGreaterThan(killed.server + killed.consumer);
  console.log(
    `${killed.server} kills of the server, ${killed.consumer} of the consumer: ${total} events delivered, 0 missed, 0 out of order, 0 repeated`,
  );
}, 1_200_000);

async function idsRecorded(url: string, crisis: string): Promise<string[]> {
  const response = await fetch(`${url}/v1/crises/${crisis}/events`, { headers: { accept: 'application/x-ndjson' } });
  const lines = (await response.text()).trimEnd().split('\n');
  return lines.map((line) => (JSON.parse(line) as { eventId: string }).eventId);
}
