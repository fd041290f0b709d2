import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent, streamNameFilter } from '@eventstore/db-client';
import autocannon from 'autocannon';
import { openEventStoreLog } from '#event-log/eventstoredb';
import { opening } from '../test/support/elements';
import { type ServerProcess, spawnServerOnRecord } from '../test/support/server-process';
import { BODY } from './append';
import { type Measured, paired, perSecond, seconds, settled } from './measure';

const ROUNDS = 3;
const SECONDS = 3;
/**
 * Of each side, with the very load that is measured next, until its code has been compiled: all share two processors with
 * EventStoreDB, and compiling takes one of them till then.
 */
const WARM_UP_SECONDS = 8;
const RESUME_SECONDS = 3;
const CONNECTIONS = 64;
/** Given with each call: the client's unary path, whose appends share nothing, as the log's do not. */
const CREDENTIALS = { username: 'none', password: 'none' };

/** The log on EventStoreDB against the bare client on the same server; load, log and EventStoreDB share the machine. */
export async function benchEsdb(): Promise<Measured[]> {
  const url = process.env['EVENTSTOREDB_URL'];
  if (url === undefined) {
    console.warn('esdb: SKIPPED, set EVENTSTOREDB_URL (as esdb://127.0.0.1:2113?tls=false) to run it');
    return [];
  }
  const namespace = `b${randomBytes(6).toString('hex')}-`;
  const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-bench-'));
  const client = EventStoreDBClient.connectionString(url);
  const server = await spawnServerOnRecord(dataDir, url, namespace);
  try {
    const crises = Array.from({ length: CONNECTIONS }, (_none, i) => `bench-${i}`);
    for (const crisis of crises) await open(server.url, crisis);
    const prefix = `bare-${namespace}`;
    const measured: Measured[] = [];
    for (const [count, bar] of [
      [CONNECTIONS, 0.35],
      [1, 1],
    ] as const) {
      const ours = (duration?: number) => appends(server, crises.slice(0, count), duration);
      const bare = (duration?: number) => bareAppends(client, prefix, count, duration);
      await bare(WARM_UP_SECONDS);
      await ours(WARM_UP_SECONDS);
      const { ratio, ours: rate, limit } = await paired(ROUNDS, resumed(ours), resumed(bare));
      const name = `esdb, ${CONNECTIONS} connections, ${count} ${count === 1 ? 'crisis' : 'crises'} / client`;
      measured.push({ name, ratio, bar: ['>=', bar], scale: `${perSecond(rate)} of ${perSecond(limit)}` });
    }
    return [...measured, await catchUp(client, url, namespace)];
  } finally {
    await server.drain();
    await client.dispose();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/**
 * Under way before it is counted: EventStoreDB answers late for a second or two after the load of another client, as it
 * brings a subscription that fell behind that load up to date.
 */
const resumed = (load: (duration?: number) => Promise<number>) => async () => {
  await load(RESUME_SECONDS);
  return load();
};

async function open(url: string, crisis: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const { status } = await fetch(`${url}/v1/crises`, {
    method: 'POST',
    headers,
    body: JSON.stringify(opening(crisis)),
  });
  if (status !== 201) throw new Error(`${crisis} is not opened: ${status}`);
}

/** Answers a second, every one durable. Each connection has one crisis. */
async function appends(
  { url, process: { pid } }: ServerProcess,
  crises: readonly string[],
  duration = SECONDS,
): Promise<number> {
  let next = 0;
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: BODY,
    setupClient: (client) =>
      client.setRequests([{ path: `/v1/crises/${crises[next++ % crises.length]}/events`, method: 'POST', body: BODY }]),
  });
  if (result.errors > 0 || result.non2xx > 0) throw new Error(`${result.errors} errors, ${result.non2xx} refusals`);
  await settled(pid!);
  return result['2xx'] / result.duration;
}

/** Acknowledged single appends a second, as many at a time as there are connections. */
async function bareAppends(
  client: EventStoreDBClient,
  prefix: string,
  streams: number,
  duration = SECONDS,
): Promise<number> {
  const data = JSON.parse(BODY) as Record<string, unknown>;
  const until = performance.now() + duration * 1_000;
  let count = 0;
  const worker = async (i: number) => {
    for (; performance.now() < until; count++)
      await client.appendToStream(`${prefix}${i % streams}`, jsonEvent({ id: randomUUID(), type: 'T', data }), {
        credentials: CREDENTIALS,
      });
  };
  const took = await seconds(() => Promise.all(Array.from({ length: CONNECTIONS }, (_none, i) => worker(i))));
  return count / took;
}

/** A mirror made anew of all that was appended above, against a subscription that only counts it. */
async function catchUp(client: EventStoreDBClient, url: string, namespace: string): Promise<Measured> {
  let events = 0;
  const ours = async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-bench-'));
    const took = await seconds(async () => {
      const log = await openEventStoreLog({ url, namespace, dataDir, instance: 'bench', build: 'bench' });
      events = log.head() + 1;
      await log.close();
    });
    rmSync(dataDir, { recursive: true, force: true });
    return events / took;
  };
  await ours();
  const bare = async () => events / (await seconds(() => countFromStart(client, `crisis-${namespace}`, events)));
  const { ratio, ours: rate, limit } = await paired(ROUNDS, ours, bare);
  const scale = `${perSecond(rate)} of ${perSecond(limit)}, ${events} events`;
  return { name: 'esdb, mirror made anew / subscription', ratio, bar: ['>=', 0.25], scale };
}

async function countFromStart(client: EventStoreDBClient, prefix: string, events: number): Promise<void> {
  const filter = streamNameFilter({ prefixes: [prefix], checkpointInterval: 1_000 });
  let left = events;
  for await (const _event of client.subscribeToAll({ fromPosition: 'start', filter })) if (--left === 0) return;
}
