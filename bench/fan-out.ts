import { setTimeout as delay } from 'node:timers/promises';
import { BODY } from './append';
import { type Deliveries, type Delivery, machineMs, SAMPLED } from './fan-out-consumers';
import { answer, FollowedServer, post, startConsumers } from './followed-servers';
import { type Measured, median, ms, paired, perSecond } from './measure';

const ROUNDS = 3;
const SECONDS = 3;
const WARM_UP = 20;
interface Load {
  readonly consumers: number;
  /** Events a second. */
  readonly rate: number;
  /** How many come together: one after the other, or as reports do. */
  readonly burst: number;
  /** Of p99 against naive. */
  readonly bar?: Measured['bar'];
}
const LOADS: readonly Load[] = [
  { consumers: 1, rate: 500, burst: 10 },
  { consumers: 100, rate: 200, burst: 10 },
  { consumers: 1000, rate: 50, burst: 1 },
  // Elsewhere the bare server itself takes more than that: there is little or nothing to save.
  { consumers: 1000, rate: 50, burst: 10, bar: ['<=', 0.4] },
];
/** Where a server delivers before its acknowledgement is read. */
const LEAST_MS = 0.1;

type Servers = Readonly<Record<'ours' | 'naive' | 'bare', FollowedServer>>;
type Kind = keyof Servers;
/** Milliseconds from acknowledgement to delivery, and from the request. */
interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly sent99: number;
}

/**
 * From acknowledgement to delivery; and from the request to append, which also tells of a server whose deliveries hold up
 * its acknowledgements. Against a server that writes to each consumer by itself, and one that does the least there is.
 */
export async function benchFanOut(): Promise<Measured[]> {
  const [ours, naive, bare] = [
    await FollowedServer.ours(),
    await FollowedServer.plain('naive'),
    await FollowedServer.plain('bare'),
  ];
  const measured: Measured[] = [];
  try {
    for (const load of LOADS) measured.push(...(await delivered({ ours, naive, bare }, load)));
    measured.push(await atOnce(ours, naive));
  } finally {
    for (const server of [ours, naive, bare]) await server.end();
  }
  return measured;
}

async function delivered(servers: Servers, load: Load): Promise<Measured[]> {
  const rounds: Record<Kind, Latency>[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const round: Partial<Record<Kind, Latency>> = {};
    const kinds: Kind[] = ['ours', 'naive', 'bare'];
    for (const kind of i % 2 === 0 ? kinds : kinds.toReversed()) round[kind] = await latencyOf(servers[kind], load);
    rounds.push(round as Record<Kind, Latency>);
  }
  const { consumers, rate, burst, bar } = load;
  const name = `fan-out to ${consumers}, ${rate}/s${burst === 1 ? '' : ` by ${burst}`}`;
  const against = (limit: Kind, which: keyof Latency, label: string): Measured => {
    const [our, its] = [median(rounds.map(({ ours }) => ours[which])), median(rounds.map((its) => its[limit][which]))];
    const ratio = median(rounds.map((each) => each.ours[which] / Math.max(each[limit][which], LEAST_MS)));
    return { name: `${name}: ${label} / ${limit}`, ratio, scale: `${ms(our)} of ${ms(its)}` };
  };
  const p99 = against('naive', 'p99', 'p99');
  const memory = `${servers.ours.rssMiB} and ${servers.naive.rssMiB} MiB`;
  return [
    against('naive', 'p50', 'p50'),
    { ...p99, scale: `${p99.scale}; ${memory}`, ...(bar && { bar }) },
    against('naive', 'sent99', 'p99 since sent'),
    against('bare', 'p50', 'p50'),
    against('bare', 'p99', 'p99'),
  ];
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)]!;

/** Of each event at each sampled consumer; one that came before the acknowledgement was read took nothing. */
async function latencyOf(server: FollowedServer, { consumers, rate, burst }: Load): Promise<Latency> {
  const events = WARM_UP + SECONDS * rate;
  const { sentMs, acknowledgedMs, ...all } = await followed(server, consumers, { events, burst, rate });
  const deliveries = all.deliveries.filter(({ event }) => event >= WARM_UP);
  const acknowledged = deliveries.map(({ event, atMs }) => Math.max(0, atMs - acknowledgedMs[event]!));
  const sent = deliveries.map(({ event, atMs }) => atMs - sentMs[event]!);
  return { p50: quantile(acknowledged, 0.5), p99: quantile(acknowledged, 0.99), sent99: quantile(sent, 0.99) };
}

/** As fast as they are taken: from the first append to the last delivery. */
async function atOnce(ours: FollowedServer, naive: FollowedServer): Promise<Measured> {
  const [consumers, events] = [1000, 400];
  const seconds = async (server: FollowedServer): Promise<number> => {
    const { deliveries, sinceMs } = await followed(server, consumers, { events, burst: 100, rate: Infinity });
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
  server: FollowedServer,
  consumers: number,
  { events, burst, rate }: Pace,
): Promise<{
  deliveries: readonly Delivery[];
  sentMs: readonly number[];
  acknowledgedMs: readonly number[];
  sinceMs: number;
}> {
  const followers = await startConsumers(server.stream, consumers, rate === Infinity ? 'at once' : 'in turn');
  const sentMs: number[] = [];
  const acknowledgedMs: number[] = [];
  const body = JSON.parse(BODY) as { summary: string };
  const send = async (event: number): Promise<void> => {
    sentMs[event] = machineMs();
    await post(server.append, JSON.stringify({ ...body, summary: `no. ${event}. ${body.summary}` }));
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
    throw new Error(`${server.stream}: ${missing} deliveries are missing, ${behind} consumers got less than others`);
  return { deliveries, sentMs, acknowledgedMs, sinceMs };
}
