import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { opening } from '../test/support/elements';
import { spawnServer } from '../test/support/server-process';
import { median, type Measured, perSecond, seconds, settled } from './measure';
import { syntheticElements } from './synthetic-events';

const EVENTS = 100_000;
const BATCH = 1000;
const ROUNDS = 5;
/** Into another crisis, first: a server that takes a hundred thousand lines has been compiled before the last of them. */
const WARM_UP = 40_000;

/** One NDJSON request of distinct events, against an insert of the rows that it stored, in batches, as durable. */
export async function benchBulk(): Promise<Measured[]> {
  const body = linesOf(EVENTS, 7);
  const warmUp = linesOf(WARM_UP, 8);
  const rates: { ours: number; limit: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-bench-'));
    const server = await spawnServer(dataDir);
    await send(await opened(server.url, 'warm'), warmUp, WARM_UP);
    await settled(server.process.pid!);
    const ours = EVENTS / (await send(await opened(server.url, 'bench'), body, EVENTS));
    await server.drain();
    const limit = EVENTS / (await insertAgain(dataDir));
    rates.push({ ours, limit });
    rmSync(dataDir, { recursive: true, force: true });
  }
  const ours = median(rates.map((rate) => rate.ours));
  const limit = median(rates.map((rate) => rate.limit));
  return [
    {
      name: 'bulk NDJSON / bare SQLite insert',
      ratio: median(rates.map((rate) => rate.ours / rate.limit)),
      bar: ['>=', 0.35],
      scale: `${perSecond(ours)} of ${perSecond(limit)}`,
    },
  ];
}

const linesOf = (count: number, seed: number): Buffer =>
  Buffer.from([...syntheticElements(count, seed)].map((element) => `${JSON.stringify(element)}\n`).join(''));

/** The address of a new crisis' events. */
async function opened(server: string, crisisId: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  await fetch(`${server}/v1/crises`, { method: 'POST', headers, body: JSON.stringify(opening(crisisId)) });
  return `${server}/v1/crises/${crisisId}/events`;
}

/** Seconds to send the body and receive every result; all must be 201, which is counted when the time is taken. */
async function send(url: string, body: Buffer, events: number): Promise<number> {
  const results: Buffer[] = [];
  const took = await seconds(
    () =>
      new Promise<void>((resolve, reject) => {
        const headers = { 'content-type': 'application/x-ndjson', 'content-length': body.length };
        request(url, { method: 'POST', headers }, (response) => {
          response.on('data', (part: Buffer) => results.push(part));
          response.on('end', resolve).on('error', reject);
        })
          .on('error', reject)
          .end(body);
      }),
  );
  const stored = Buffer.concat(results).toString('latin1').split('"status":201').length - 1;
  if (stored !== events) throw new Error(`${stored} of ${events} lines were stored`);
  return took;
}

/** Seconds to insert the stored rows again into the same table with the same indexes, and nothing else. */
async function insertAgain(dataDir: string): Promise<number> {
  const source = new DatabaseSync(join(dataDir, 'log.sqlite'), { readOnly: true });
  const schema = source
    .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name = 'event' ORDER BY type DESC")
    .all();
  const rows = source.prepare('SELECT * FROM event ORDER BY position DESC LIMIT ?').all(EVENTS).reverse();
  const db = new DatabaseSync(join(dataDir, 'bare.sqlite'));
  db.exec(
    'PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 500',
  );
  for (const { sql } of schema) db.exec(sql as string);
  const names = Object.keys(rows[0]!);
  const insert = db.prepare(`INSERT INTO event (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`);
  const values = rows.map((row) => names.map((name) => row[name]!));
  const took = await seconds(() => {
    for (let i = 0; i < values.length; i += BATCH) {
      db.exec('BEGIN IMMEDIATE');
      for (const row of values.slice(i, i + BATCH)) insert.run(...row);
      db.exec('COMMIT');
    }
  });
  db.close();
  source.close();
  return took;
}
