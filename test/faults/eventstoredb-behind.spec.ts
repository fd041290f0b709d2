import { CrisisLog, type FeedItem, type NewCrisis, type NewEvent } from '#client';
import { readConfig } from '../../apps/api/src/config';
import { type Server, startServer } from '../../apps/api/src/server';
import { opening, strike } from '../support/elements';
import { LoopbackProxy } from '../support/loopback-proxy';
import { describeOnRecord, eventstoredb, type RecordUnderTest } from '../support/record';

const TOKEN_KEYS = Buffer.alloc(32, 7).toString('base64url');
const EVENTS = 30;

/** A consumer that a load balancer sends from one instance to another, whose mirror has not what the first one showed. */
describeOnRecord('a consumer that comes to an instance whose mirror is behind', () => {
  let record: RecordUnderTest;
  let proxy: LoopbackProxy;
  let servers: Server[];
  let ahead: CrisisLog;
  let recorded: string[];
  const start = (INSTANCE_ID: string, url: string): Promise<Server> => {
    const env = { PORT: '0', DATA_DIR: record.dataDir(), LOG_LEVEL: 'error', INSTANCE_ID, TOKEN_KEYS };
    return startServer({ ...readConfig(env), eventStoreDb: { url, namespace: record.namespace } });
  };
  beforeEach(async () => {
    const url = process.env['EVENTSTOREDB_URL']!;
    const [, host, port] = /\/\/(?:[^@]*@)?([^:/?]+):(\d+)/.exec(url)!;
    proxy = await LoopbackProxy.to(Number(port), host);
    record = await eventstoredb();
    servers = [await start('one', url), await start('two', `esdb://127.0.0.1:${proxy.port}?tls=false`)];
    ahead = new CrisisLog(servers[0]!.url);
    const { eventId } = await ahead.open(opening('strait') as unknown as NewCrisis);
    recorded = [eventId];
  });
  afterEach(async () => {
    proxy.heal();
    await Promise.all(servers.map((server) => server.close()));
    await proxy.close();
    await record.dispose();
  });

  const append = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++)
      recorded.push((await ahead.append('strait', strike() as unknown as NewEvent)).eventId);
  };
  /** As long as the network lets nothing through, whatever is recorded is not in the second mirror. */
  const holdBack = async (): Promise<void> => {
    proxy.blackHole();
    await append(EVENTS);
  };
  const ask = async (path: string): Promise<{ status: number; retryAfter: string | null; type?: string }> => {
    const response = await fetch(servers[1]!.url + path);
    const retryAfter = response.headers.get('retry-after');
    return { status: response.status, retryAfter, ...((await response.json()) as object) };
  };
  /** Items from one instance behind a cursor, so many. */
  const take = async (from: CrisisLog, count: number, after?: string): Promise<{ ids: string[]; cursor: string }> => {
    const ids: string[] = [];
    let cursor = after;
    for await (const followed of from.follow({ ...(after && { after }), crisis: 'strait' })) {
      if (followed.caughtUp) continue;
      ids.push(followed.item.subject);
      ({ cursor } = followed);
      if (ids.length === count) break;
    }
    return { ids, cursor: cursor! };
  };

  it('is told so, by page and by stream; and goes on there without a gap and without seeing anything twice', async () => {
    await append(2);
    await holdBack();
    const half = recorded.length - EVENTS / 2;
    const { ids, cursor } = await take(ahead, half);
    for (const path of ['/v1/feed', '/v1/feed/stream'])
      expect(await ask(`${path}?crisis=strait&after=${cursor}`)).toMatchObject({
        status: 503,
        type: '/problems/behind',
        retryAfter: '1',
      });
    const rest = take(new CrisisLog(servers[1]!.url), recorded.length + 1 - half, cursor);
    proxy.heal();
    await append(1);
    expect([...ids, ...(await rest).ids]).toEqual(recorded);
  });

  it('is handed out by name what nobody has done, in order, and nothing that was acknowledged', async () => {
    const [first, second] = servers.map(({ url }) => new CrisisLog(url).consumer('alerts'));
    await first!.make({});
    const done: string[] = [];
    const work = async (consumer: typeof first, batches: number): Promise<void> => {
      for (let i = 0; i < batches; i++) {
        const batch = await consumer!.next({ limit: 5, waitSeconds: 10 });
        done.push(...(batch?.items ?? []).map(({ subject }: FeedItem) => subject));
        await batch?.acknowledge();
      }
    };
    await holdBack();
    await work(first, 3);
    // The record cannot be reached from there, so nothing is handed out.
    const refused = work(second, 1);
    proxy.heal();
    await append(1);
    await refused;
    while (done.length < recorded.length) await work(second, 1);
    expect(done).toEqual(recorded);
  });
});
