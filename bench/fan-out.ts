import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';
import { opening } from '../test/support/elements';
import { type ServerProcess, spawnServer } from '../test/support/server-process';
import { BODY } from './append';
import {
  type Deliveries,
  type Delivery,
  type FromConsumers,
  machineMs,
  type Reading,
  SAMPLED,
} from './fan-out-consumers';
import { type Measured, median, paired, perSecond, settled } from './measure';

const ROUNDS = 3;
const SECONDS = 3;
const WARM_UP = 20;
interface Load {
  readonly consumers: number;
  /** Events a second. */
  readonly rate: number;
  /** How many come together: one after the other, or as reports do. */
  readonly burst: number;
  /** Of p99. */
  readonly bar?: Measured['bar'];
}
const LOADS: readonly Load[] = [
  { consumers: 1, rate: 500, burst: 10 },
  { consumers: 100, rate: 200, burst: 10 },
  // A write to each takes the kernel 13 ms of the 13 that the naive server takes in all: no bar could be met.
  { consumers: 1000, rate: 50, burst: 1 },
  { consumers: 1000, rate: 50, burst: 10, bar: ['<=', 0.4] },
];
const STUCK = 100;
const CONNECTIONS = 64;
const FILLING_SECONDS = 8;
/** In all less than the minute after which the server cuts those who do not read. */
const STUCK_ROUNDS = 5;
const STUCK_SECONDS = 2;
/** Where the naive server delivers before its acknowledgement is read. */
const LEAST_MS = 0.1;

interface Target {
  readonly append: string;
  readonly stream: string;
  readonly pid: number;
}

/**
 * From acknowledgement to delivery, and from the request to append, which also tells of a server whose deliveries hold up
 * its acknowledgements; against a server that writes to each consumer by itself; and what consumers
 * cost that never read.
 */
export async function benchFanOut(): Promise<Measured[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-bench-'));
  const [ours, naive] = [await Ours.start(), await spawnNaive(dataDir)];
  const measured: Measured[] = [];
  try {
    for (const load of LOADS) measured.push(...(await delivered(ours, naive, load)));
    measured.push(await atOnce(ours, naive));
  } finally {
    naive.process.kill();
    await ours.end();
    rmSync(dataDir, { recursive: true, force: true });
  }
  return [...measured, ...(await withStuck())];
}

async function delivered(ours: Target, naive: Target, load: Load): Promise<Measured[]> {
  const { consumers, rate, burst, bar } = load;
  const beside = { ours: { p50s: [], sent99s: [] } as Beside, naive: { p50s: [], sent99s: [] } as Beside };
  const p99Of = async (target: Target, { p50s, sent99s }: Beside): Promise<number> => {
    const { acknowledged, sent } = await latenciesMs(target, load);
    p50s.push(quantile(acknowledged, 0.5));
    sent99s.push(quantile(sent, 0.99));
    return quantile(acknowledged, 0.99);
  };
  const p99 = await paired(
    ROUNDS,
    () => p99Of(ours, beside.ours),
    () => p99Of(naive, beside.naive),
  );
  const [p50, naive50] = [median(beside.ours.p50s), median(beside.naive.p50s)];
  const [sent99, naiveSent99] = [median(beside.ours.sent99s), median(beside.naive.sent99s)];
  const name = `fan-out to ${consumers}, ${rate}/s${burst === 1 ? '' : ` by ${burst}`}`;
  const memory = `${rssMiB(ours.pid)} and ${rssMiB(naive.pid)} MiB`;
  return [
    { name: `${name}: p50 / naive`, ratio: p50 / (naive50 || LEAST_MS), scale: `${ms(p50)} of ${ms(naive50)}` },
    {
      name: `${name}: p99 / naive`,
      ratio: p99.ratio,
      scale: `${ms(p99.ours)} of ${ms(p99.limit)}; ${memory}`,
      ...(bar && { bar }),
    },
    {
      name: `${name}: p99 since sent / naive`,
      ratio: sent99 / naiveSent99,
      scale: `${ms(sent99)} of ${ms(naiveSent99)}`,
    },
  ];
}

interface Beside {
  readonly p50s: number[];
  readonly sent99s: number[];
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)]!;

/** Of each event at each sampled consumer; one that came before the acknowledgement was read took nothing. */
async function latenciesMs(
  target: Target,
  { consumers, rate, burst }: Load,
): Promise<{ acknowledged: number[]; sent: number[] }> {
  const events = WARM_UP + SECONDS * rate;
  const { sentMs, acknowledgedMs, ...all } = await followed(target, consumers, { events, burst, rate });
  const deliveries = all.deliveries.filter(({ event }) => event >= WARM_UP);
  return {
    acknowledged: deliveries.map(({ event, atMs }) => Math.max(0, atMs - acknowledgedMs[event]!)),
    sent: deliveries.map(({ event, atMs }) => atMs - sentMs[event]!),
  };
}

/** As fast as they are taken: from the first append to the last delivery. */
async function atOnce(ours: Target, naive: Target): Promise<Measured> {
  const [consumers, events] = [1000, 400];
  const seconds = async (target: Target): Promise<number> => {
    const { deliveries, sinceMs } = await followed(target, consumers, { events, burst: 100, rate: Infinity });
    return (deliveries.reduce((last, { atMs }) => Math.max(last, atMs), 0) - sinceMs) / 1000;
  };
  const { ratio, ...took } = await paired(
    ROUNDS,
    () => seconds(ours),
    () => seconds(naive),
  );
  const rate = (its: number): string => perSecond((consumers * events) / its);
  const scale = `${rate(took.ours)} of ${rate(took.limit)} deliveries`;
  return { name: `fan-out to ${consumers}, ${events} at once / naive`, ratio, bar: ['<=', 0.4], scale };
}

interface Pace {
  readonly events: number;
  readonly burst: number;
  /** Events a second. */
  readonly rate: number;
}

/** Appends, and what became of them at the sampled consumers. @throws Error when a delivery is missing */
async function followed(
  target: Target,
  consumers: number,
  { events, burst, rate }: Pace,
): Promise<{
  deliveries: readonly Delivery[];
  sentMs: readonly number[];
  acknowledgedMs: readonly number[];
  sinceMs: number;
}> {
  const followers = await startConsumers(target.stream, consumers, rate === Infinity ? 'at once' : 'in turn');
  const sentMs: number[] = [];
  const acknowledgedMs: number[] = [];
  const body = JSON.parse(BODY) as { summary: string };
  const send = async (event: number): Promise<void> => {
    sentMs[event] = machineMs();
    await post(target.append, JSON.stringify({ ...body, summary: `no. ${event}. ${body.summary}` }));
    acknowledgedMs[event] = machineMs();
  };
  const sinceMs = machineMs();
  for (let first = 0; first < events; first += burst) {
    await delay(Math.max(0, sinceMs + (first / rate) * 1000 - machineMs()));
    await Promise.all(Array.from({ length: burst }, (_none, i) => send(first + i)));
  }
  followers.send({ report: events });
  const { deliveries, behind } = await answer<Deliveries>(followers);
  followers.disconnect();
  const missing = events * Math.min(consumers, SAMPLED) - deliveries.length;
  if (missing !== 0 || behind > 0)
    throw new Error(`${target.stream}: ${missing} deliveries are missing, ${behind} consumers got less than others`);
  return { deliveries, sentMs, acknowledgedMs, sinceMs };
}

/** The same appends to a server with consumers that read nothing and to one without. */
async function withStuck(): Promise<Measured[]> {
  const [stuck, alone] = [await Ours.start(), await Ours.start()];
  try {
    await load(alone, FILLING_SECONDS);
    const followers = await startConsumers(stuck.stream, STUCK, 'never');
    // The kernel takes some megabytes for each before they are stuck; a minute later the server cuts them.
    await load(stuck, FILLING_SECONDS);
    // Memory rises and falls with the collector, so it is looked at after each load.
    const memory = { stuck: [] as number[], alone: [] as number[] };
    const loaded = async (target: Target, rssMiBs: number[]): Promise<number> => {
      const latencyMs = await load(target, STUCK_SECONDS);
      rssMiBs.push(rssMiB(target.pid));
      return latencyMs;
    };
    const latency = await paired(
      STUCK_ROUNDS,
      () => loaded(stuck, memory.stuck),
      () => loaded(alone, memory.alone),
    );
    const [withThem, without] = [median(memory.stuck), median(memory.alone)];
    followers.disconnect();
    const name = `append, ${STUCK} never read / none`;
    return [
      { name, ratio: latency.ratio, bar: ['<=', 1.1], scale: `${ms(latency.ours)} of ${ms(latency.limit)}` },
      {
        name: `${name}: memory`,
        ratio: withThem / without,
        bar: ['<=', 1.1],
        scale: `${withThem} of ${without} MiB`,
      },
    ];
  } finally {
    await stuck.end();
    await alone.end();
  }
}

/** Mean latency of appends over so many seconds, milliseconds. */
async function load({ append: url, pid }: Target, duration: number): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const request = { url, connections: CONNECTIONS, duration, headers, body: BODY };
  const { latency, errors, non2xx } = await autocannon({ ...request, method: 'POST' });
  if (errors + non2xx > 0) throw new Error(`${errors} errors, ${non2xx} refusals`);
  await settled(pid);
  return latency.average;
}

/** A server of ours with an empty record of its own. */
class Ours implements Target {
  readonly append: string;
  readonly stream: string;
  readonly pid: number;

  private constructor(
    private readonly dataDir: string,
    private readonly server: ServerProcess,
  ) {
    this.append = `${server.url}/v1/crises/bench/events`;
    this.stream = `${server.url}/v1/feed/stream?after=head`;
    this.pid = server.process.pid!;
  }

  static async start(): Promise<Ours> {
    const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-bench-'));
    const server = await spawnServer(dataDir);
    await post(`${server.url}/v1/crises`, JSON.stringify(opening('bench')));
    return new Ours(dataDir, server);
  }

  async end(): Promise<void> {
    await this.server.drain();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

async function startConsumers(url: string, count: number, reading: Reading): Promise<ChildProcess> {
  const followers = fork(join(__dirname, 'fan-out-consumers.js'), [url, `${count}`, reading]);
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
