import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import { RecordAway } from '#event-log';
import { type EventStoreLog } from '#event-log/eventstoredb';
import { setUpRecord } from '../../libs/event-log/src/eventstoredb/set-up-record';
import { append, ids, newEvent } from '../contract/new-event';
import { opening } from '../support/elements';
import { eventstoredb, type RecordUnderTest } from '../support/record';
import { spawnServerOnRecord } from '../support/server-process';
import { signedRecord } from '../support/signed-record';

const { EVENTSTOREDB_TLS_URL: URL = '', EVENTSTOREDB_TLS_ADMIN_URL: ADMIN_URL = '' } = process.env;
const isNamed = URL !== '' && ADMIN_URL !== '';
const what = 'a server with TLS and users';
if (!isNamed)
  console.warn(
    `${what}: SKIPPED, set EVENTSTOREDB_TLS_ADMIN_URL, an administrator's, and EVENTSTOREDB_TLS_URL, a user's`,
  );

(isNamed ? describe : describe.skip)(what, () => {
  const [, user = '', password = ''] = /\/\/([^:@/]+):([^@/]+)@/.exec(URL) ?? [];
  let record: RecordUnderTest;
  const logs: EventStoreLog[] = [];
  const open = async (): Promise<EventStoreLog> => {
    logs.push(await record.open({ dataDir: record.dataDir(), clockToleranceMs: 5_000 }));
    return logs.at(-1)!;
  };
  beforeAll(async () => {
    record = await eventstoredb(URL);
    // Twice: it may be repeated.
    const [one, two] = [await setUp(), await setUp()];
    expect(one.logId).toBe(two.logId);
  });
  const setUp = () => setUpRecord({ url: ADMIN_URL, namespace: record.namespace }, user);
  afterAll(async () => {
    await Promise.all(logs.map((log) => log.close()));
    await record.dispose();
  });

  it('lets the user append and mirror, as two instances', async () => {
    const [one, two] = [await open(), await open()];
    const events = Array.from({ length: 20 }, () => newEvent());
    for (const [i, event] of events.entries()) await (i % 2 ? one : two).append(append('crisis-a', event));
    for (const log of [one, two]) {
      expect(await log.waitFor(19, 5_000)).toBe(true);
      expect(ids(log.readAll())).toEqual(ids(events));
      expect(log.mirrored()).toMatchObject({ state: 'live' });
      expect(log.writing()).toEqual({ ok: true });
    }
  });

  it('lets the user keep named consumers; what they do not need the server forgets when setup is repeated', async () => {
    const log = await open();
    const stream = 'crisislog-consumer-somebody/one';
    const entries = Array.from({ length: 100 }, (_none, n) => ({ n }));
    for (const last of [-1, 99]) expect(await log.consumers.append({ stream, entries, last })).toBe(true);
    const kept = await log.consumers.readAfter(stream, -1);
    expect(kept.map(({ revision }) => revision)).toEqual(Array.from({ length: 128 }, (_none, i) => 72 + i));
    expect((await log.consumers.readAfter(stream, 10)).at(0)).toEqual(kept[0]);
    expect((await log.consumers.readAfter(stream, 197)).map(({ revision }) => revision)).toEqual([198, 199]);

    const client = EventStoreDBClient.connectionString(ADMIN_URL);
    const there = `crisislog-${record.namespace}consumer-somebody/one`;
    const settings = async () => (await client.getStreamMetadata(there)).metadata;
    expect(await settings()).toBeUndefined();
    await setUp();
    expect(await settings()).toEqual({ maxCount: 128 });
    expect(await log.consumers.readAfter(stream, -1)).toEqual(kept);
    await client.dispose();
  });

  it('lets the user keep the chain of heads, which an instance signs and another verifies, and not cut it', async () => {
    const own = await eventstoredb(URL);
    const signed = await signedRecord(own);
    const seats = [signed.signer, signed.seat(false)];
    const servers = await Promise.all(
      seats.map(({ dataDir, heads }) => spawnServerOnRecord(dataDir, URL, own.namespace, { HEADS_FILE: heads })),
    );
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(opening('us-iran'));
    const { status } = await fetch(`${servers[0]!.url}/v1/crises`, { method: 'POST', headers, body });
    expect(status).toBe(201);
    const treeHeads: { size?: number; note?: string }[] = [];
    for (const { url } of servers) {
      let told: { size?: number; note?: string } = {};
      for (const begun = performance.now(); told.size !== 1 && performance.now() - begun < 10_000; await delay(50))
        told = (await (await fetch(`${url}/v1/audit/tree-head`)).json()) as typeof told;
      treeHeads.push(told);
    }
    expect(treeHeads[0]).toMatchObject({ size: 1 });
    expect(treeHeads[1]!.note).toBe(treeHeads[0]!.note);
    expect((await signed.entries()).map(({ note }) => note)).toContain(treeHeads[0]!.note);

    const client = EventStoreDBClient.connectionString(URL);
    const cut = client.setStreamMetadata(`crisislog-${own.namespace}heads`, { truncateBefore: 1 });
    await expect(cut).rejects.toMatchObject({ type: 'access-denied' });
    await client.dispose();
    await Promise.all(servers.map((server) => server.drain()));
    await signed.close();
    await own.dispose();
  }, 60_000);

  const forbidden: [string, (client: EventStoreDBClient, stream: string) => Promise<unknown>][] = [
    ['delete a stream', (client, stream) => client.deleteStream(stream)],
    ['bury a stream', (client, stream) => client.tombstoneStream(stream)],
    ['cut a stream', (client, stream) => client.setStreamMetadata(stream, { truncateBefore: 1 })],
    ['give itself rights', (client, stream) => client.setStreamMetadata(stream, { acl: { deleteRoles: [user] } })],
  ];
  it.each(forbidden)('does not let it %s', async (_what, act) => {
    const client = EventStoreDBClient.connectionString(URL);
    const stream = `crisis-${record.namespace}a`;
    await expect(act(client, stream)).rejects.toMatchObject({ type: 'access-denied' });
    await client.dispose();
  });

  it.each([
    ['another password', URL.replace(/:[^:@/]+@/, ':wrong@')],
    ['no user at all', URL.replace(/\/\/[^@]+@/, '//')],
    ['a certificate that nobody vouches for', URL.replace(/[?&]tlsCAFile=[^&]*/, (found) => `${found[0]}tls=true`)],
  ])('is away for one with %s, and no secret is told', async (_what, url) => {
    const opened = record.open({ url, dataDir: record.dataDir(), timeoutMs: 2_000 });
    const error = await opened.then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    expect(error).toBeInstanceOf(RecordAway);
    for (const secret of [password, 'wrong']) expect(error!.message).not.toContain(secret);
  });
});
