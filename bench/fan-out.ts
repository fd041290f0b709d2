import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';
import { opening } from '../test/support/elements';
import { spawnServer } from '../test/support/server-process';
import { BODY } from './append';
import { type Delivery, type FromConsumers, machineMs } from './fan-out-consumers';
import { type Measured, median, paired } from './measure';

const ROUNDS = 3;
const SECONDS = 3;
/** Events come together, as reports do. */
const BURST = 10;
const WARM_UP = 2 * BURST;
/** Consumers, events a second, and the bar of p99. */
const LOADS = [
  [1, 500, undefined],
  [100, 200, undefined],
  [1000, 50, ['<=', 0.4]],
] as const;
const STUCK = 100;
const CONNECTIONS = 64;
/** Where the naive server delivers before its acknowledgement is read. */
const LEAST_MS = 0.1;

interface Target {
  readonly append: string;
  readonly stream: string;
  readonly pid: number;
}

/** From acknowledgement to delivery, against a server that writes to each consumer by itself; and what consumers cost that never read. */
export async function benchFanOut(): Promise<Measured[]> {
  const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'crisis-log-bench-')));
  const server = await spawnServer(folders[0]!);
  const naive = await spawnNaive(folders[1]!);
  const ours: Target = {
    append: `${server.url}/v1/crises/bench/events`,
    stream: `${server.url}/v1/feed/stream?after=head`,
    pid: server.process.pid!,
  };
  try {
    await post(`${server.url}/v1/crises`, JSON.stringify(opening('bench')));
    const measured: Measured[] = [];
    for (const [consumers, rate, bar] of LOADS) measured.push(...(await delivered(ours, naive, consumers, rate, bar)));
    return [...measured, ...(await withStuck(ours))];
  } finally {
    naive.process.kill();
    await server.drain();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}

async function delivered(
  ours: Target,
  naive: Target,
  consumers: number,
  rate: number,
  bar: Measured['bar'],
): Promise<Measured[]> {
  const middles = { ours: [] as number[], naive: [] as number[] };
  const p99Of = async (target: Target, p50s: number[]): Promise<number> => {
    const latencies = (await latenciesMs(target, consumers, rate)).sort((a, b) => a - b);
    p50s.push(latencies[Math.floor(latencies.length / 2)]!);
    return latencies[Math.floor(latencies.length * 0.99)]!;
  };
  const p99 = await paired(
    ROUNDS,
    () => p99Of(ours, middles.ours),
    () => p99Of(naive, middles.naive),
  );
  const [p50, naive50] = [median(middles.ours), median(middles.naive)];
  const name = `fan-out to ${consumers}, ${rate}/s`;
  const memory = `${rssMiB(ours.pid)} and ${rssMiB(naive.pid)} MiB`;
  return [
    { name: `${name}: p50 / naive`, ratio: p50 / (naive50 || LEAST_MS), scale: `${ms(p50)} of ${ms(naive50)}` },
    {
      name: `${name}: p99 / naive`,
      ratio: p99.ratio,
      scale: `${ms(p99.ours)} of ${ms(p99.limit)}; ${memory}`,
      ...(bar && { bar }),
    },
  ];
}

/** Of each event at each sampled consumer; one that came before the acknowledgement was read took nothing. */
async function latenciesMs(target: Target, consumers: number, rate: number): Promise<number[]> {
  const followers = await startConsumers(target.stream, consumers, true);
  const acknowledgedMs: number[] = [];
  const events = WARM_UP + Math.round((SECONDS * rate) / BURST) * BURST;
  const body = JSON.parse(BODY) as { summary: string };
  const send = async (event: number): Promise<void> => {
    await post(target.append, JSON.stringify({ ...body, summary: `no. ${event}. ${body.summary}` }));
    acknowledgedMs[event] = machineMs();
  };
  const since = machineMs();
  for (let first = 0; first < events; first += BURST) {
    await delay(Math.max(0, since + (first / rate) * 1000 - machineMs()));
    await Promise.all(Array.from({ length: BURST }, (_none, i) => send(first + i)));
  }
  followers.send({ report: events });
  const { deliveries } = await answer<{ deliveries: readonly Delivery[] }>(followers);
  followers.disconnect();
  const missing = events * Math.min(consumers, 200) - deliveries.length;
  if (missing !== 0) throw new Error(`${target.stream}: ${missing} deliveries are missing`);
  return deliveries
    .filter(({ event }) => event >= WARM_UP)
    .map(({ event, atMs }) => Math.max(0, atMs - acknowledgedMs[event]!));
}

/** The same appends with consumers that read nothing and without. */
async function withStuck(ours: Target): Promise<Measured[]> {
  const memory = { without: [] as number[], stuck: [] as number[] };
  const load = async (kept: number[]): Promise<number> => {
    const headers = { 'content-type': 'application/json' };
    const request = { url: ours.append, connections: CONNECTIONS, duration: SECONDS, headers, body: BODY };
    const { latency, errors, non2xx } = await autocannon({ ...request, method: 'POST' });
    if (errors + non2xx > 0) throw new Error(`${errors} errors, ${non2xx} refusals`);
    kept.push(rssMiB(ours.pid));
    return latency.average;
  };
  const stuck = async (): Promise<number> => {
    const followers = await startConsumers(ours.stream, STUCK, false);
    // The kernel takes some megabytes for each before they are stuck.
    await load([]);
    const latency = await load(memory.stuck);
    followers.disconnect();
    await once(followers, 'exit');
    return latency;
  };
  await load([]);
  const latency = await paired(ROUNDS, stuck, () => load(memory.without));
  const [without, rss] = [median(memory.without), median(memory.stuck)];
  const name = `append, ${STUCK} never read / none`;
  return [
    { name, ratio: latency.ratio, bar: ['<=', 1.1], scale: `${ms(latency.ours)} of ${ms(latency.limit)}` },
    { name: `${name}: memory`, ratio: rss / without, bar: ['<=', 1.1], scale: `${rss} of ${without} MiB` },
  ];
}

async function startConsumers(url: string, count: number, isReading: boolean): Promise<ChildProcess> {
  const followers = fork(join(__dirname, 'fan-out-consumers.js'), [url, `${count}`, `${isReading}`]);
  await answer(followers);
  return followers;
}

async function answer<Message extends FromConsumers>(followers: ChildProcess): Promise<Message> {
  const ended = once(followers, 'exit').then(() => {
    throw new Error('the consumers have ended');
  });
  return ((await Promise.race([once(followers, 'message'), ended])) as [Message])[0];
}

async function spawnNaive(dataDir: string): Promise<Target & { readonly process: ChildProcess }> {
  const { url, process: child } = await spawnServer(dataDir, {}, join(__dirname, 'naive-feed-server.js'));
  return { append: url, stream: `${url}/stream`, pid: child.pid!, process: child };
}

async function post(url: string, body: string): Promise<void> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  await response.arrayBuffer();
  if (response.status !== 201) throw new Error(`${url}: ${response.status}`);
}

/** Resident memory of a process. */
const rssMiB = (pid: number): number =>
  Math.round(Number(execFileSync('ps', ['-o', 'rss=', '-p', `${pid}`], { encoding: 'utf8' })) / 1024);

const ms = (value: number): string => `${value.toFixed(1)} ms`;
