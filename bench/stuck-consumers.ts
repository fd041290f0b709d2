import autocannon from 'autocannon';
import { BODY } from './append';
import { FollowedServer, startConsumers } from './followed-servers';
import { type Measured, median, ms, paired, settled } from './measure';

const STUCK = 100;
const CONNECTIONS = 64;
const FILLING_SECONDS = 8;
/** In all less than the minute after which the server cuts those who do not read. */
const ROUNDS = 5;
const SECONDS = 2;

/** What consumers cost that never read: the same appends to a server that has them, and to one that has none. */
export async function benchStuckConsumers(): Promise<Measured[]> {
  const [stuck, alone] = [await FollowedServer.ours(), await FollowedServer.ours()];
  try {
    await load(alone, FILLING_SECONDS);
    const followers = await startConsumers(stuck.stream, STUCK, 'never');
    // The kernel takes some megabytes for each before they are stuck; a minute later the server cuts them.
    await load(stuck, FILLING_SECONDS);
    // Memory rises and falls with the collector, so it is looked at after each load.
    const memory = { stuck: [] as number[], alone: [] as number[] };
    const loaded = async (server: FollowedServer, rssMiBs: number[]): Promise<number> => {
      const latencyMs = await load(server, SECONDS);
      rssMiBs.push(server.rssMiB);
      return latencyMs;
    };
    const latency = await paired(
      ROUNDS,
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
async function load({ append: url, pid }: FollowedServer, duration: number): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const request = { url, connections: CONNECTIONS, duration, headers, body: BODY };
  const { latency, errors, non2xx } = await autocannon({ ...request, method: 'POST' });
  if (errors + non2xx > 0) throw new Error(`${errors} errors, ${non2xx} refusals`);
  await settled(pid);
  return latency.average;
}
