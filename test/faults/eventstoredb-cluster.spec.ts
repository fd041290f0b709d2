import { randomUUID } from 'node:crypto';
import type { EventStoreLog } from '#event-log/eventstoredb';
import { RecordClient } from '../../libs/event-log/src/eventstoredb/record-client';
import { append, ids, newEvent } from '../contract/new-event';
import { eventstoredb, type RecordUnderTest } from '../support/record';

const { EVENTSTOREDB_CLUSTER_URL: URL = '' } = process.env;
const what = 'a cluster of three';
if (URL === '') console.warn(`${what}: SKIPPED, set EVENTSTOREDB_CLUSTER_URL to its three nodes`);

/** Of three nodes at most one is the leader: who prefers followers, or any, is sent on by at least two of them. */
const PREFERENCES = ['leader', 'follower', 'random'] as const;
const preferring = (node: string): string =>
  `${URL.replace(/&?nodePreference=\w+/, '')}${URL.includes('?') ? '&' : '?'}nodePreference=${node}`;

(URL === '' ? describe.skip : describe)(what, () => {
  let record: RecordUnderTest;
  beforeAll(async () => (record = await eventstoredb(preferring('leader'))));
  afterAll(() => record.dispose());

  it.each(PREFERENCES)('shows one’s own appends at once to who prefers: %s', async (node) => {
    const stream = `crisis-${node}`;
    for (let round = 0; round < 5; round++) {
      const client = new RecordClient({ url: preferring(node), namespace: record.namespace });
      for (let i = 0; i < 20; i++) {
        const id = randomUUID();
        const sent = [{ id, type: 'T', data: '{}', metadata: '{}' }];
        expect(await client.append(stream, round * 20 + i - 1, sent)).toMatchObject({ kind: 'stored' });
        expect((await client.lastOf(stream))?.id).toBe(id);
      }
      await client.close();
    }
  });

  it('has instances that prefer different nodes: each answers what the other stored, and all mirrors agree', async () => {
    const fresh = await eventstoredb(preferring('leader'));
    const open = (node: string) =>
      fresh.open({ url: preferring(node), dataDir: fresh.dataDir(), instance: `prefers-${node}` });
    const logs: EventStoreLog[] = [];
    for (const node of PREFERENCES) logs.push(await open(node));
    const events = Array.from({ length: 240 }, () => newEvent());
    await Promise.all(
      events.map(async (event, i) => {
        const request = append(`crisis-s${i % 4}`, event);
        const [first] = await logs[i % 3]!.append(request);
        const [again] = await logs[(i + 1) % 3]!.append(request);
        const { id, revision, recordedAt } = first!;
        expect(again).toMatchObject({ id, revision, recordedAt, repeated: true });
      }),
    );
    const dumps = [];
    for (const log of logs) {
      expect(await log.waitFor(events.length - 1, 10_000)).toBe(true);
      dumps.push(Array.from(log.readAll(), ({ position }) => [position, log.reader.envelope(position)]));
    }
    expect(dumps[1]).toEqual(dumps[0]);
    expect(dumps[2]).toEqual(dumps[0]);
    expect(ids(logs[0]!.readAll()).sort()).toEqual(ids(events).sort());
    await Promise.all(logs.map((log) => log.close()));
    await fresh.dispose();
  }, 60_000);
});
