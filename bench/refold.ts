import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { CrisesToFold } from './fold-crises.worker';
import { filledLog } from './filled-log';
import { type Measured, paired, perSecond, seconds } from './measure';

const CRISES = 10;
const EVENTS = Number(process.env['EVENTS'] ?? 1_000_000);
const ROUNDS = 3;
const THREADS = 2;

/** What a fold needs of a row, whoever writes it: which crisis, in which order, who may see it, and what it says. */
const NEEDED = 'position, stream, hex(id) as id, type, marking, schema_version, content_schema_version, body';
/** Not enough to fold anything by; earlier figures were taken against this. */
const LESS = 'position, type, body';

/**
 * Decode every stored event and fold V of each crisis, writing nothing; against a raw read of the same rows, on one
 * thread. Crises share nothing, so two threads take half of them each, as the machine has two processors.
 */
export async function benchRefold(): Promise<Measured[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-bench-'));
  const log = await filledLog(dataDir, CRISES, EVENTS / CRISES);
  await log.close();
  const file = join(dataDir, 'log.sqlite');
  const against = async (columns: string) =>
    paired(
      ROUNDS,
      () => refold(dataDir),
      async () => rawRead(file, columns),
    );
  const [needed, less] = [await against(NEEDED), await against(LESS)];
  rmSync(dataDir, { recursive: true, force: true });
  const refolded = `refold of ${EVENTS.toLocaleString('en')} events`;
  return [
    {
      name: `${refolded} / raw read`,
      ratio: needed.ratio,
      bar: ['>=', 0.35],
      scale: `${perSecond(needed.ours)} of ${perSecond(needed.limit)}`,
    },
    {
      name: `${refolded} / raw read of ${LESS}`,
      ratio: less.ratio,
      scale: `${perSecond(less.ours)} of ${perSecond(less.limit)}`,
    },
  ];
}

/** Events a second, from the word go to the last view. */
async function refold(dataDir: string): Promise<number> {
  const workers = await Promise.all(
    Array.from({ length: THREADS }, async (_, thread) => {
      const streams = Array.from({ length: CRISES }, (_crisis, i) => `crisis-c${i}`);
      const workerData: CrisesToFold = { dataDir, streams: streams.filter((_stream, i) => i % THREADS === thread) };
      // What is folded is kept: scavenging it early would only copy it once more.
      const resourceLimits = { maxYoungGenerationSizeMb: 192, maxOldGenerationSizeMb: 4096 };
      const worker = new Worker(join(__dirname, 'fold-crises.worker.js'), { workerData, resourceLimits });
      await once(worker, 'online');
      return worker;
    }),
  );
  let events = 0;
  const took = await seconds(() =>
    Promise.all(
      workers.map(async (worker) => {
        worker.postMessage('fold');
        const [folded] = (await once(worker, 'message')) as [number];
        events += folded;
      }),
    ),
  );
  await Promise.all(workers.map((worker) => worker.terminate()));
  return events / took;
}

/** Events a second. */
async function rawRead(path: string, columns: string): Promise<number> {
  const db = new DatabaseSync(path, { readOnly: true });
  let bytes = 0;
  let events = 0;
  const took = await seconds(() => {
    for (const row of db.prepare(`select ${columns} from event order by position`).iterate()) {
      bytes += (row['body'] as string).length;
      events++;
    }
  });
  db.close();
  if (bytes === 0) throw new Error('nothing was read');
  return events / took;
}
