import { hash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { binaryEvent, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { canonicalJson } from '#event-log';
import { type EventStoreLog } from '#event-log/eventstoredb';
import { checkRecord } from '#notary';
import { Mirror } from '../../libs/event-log/src/eventstoredb/mirror';
import { RecordClient } from '../../libs/event-log/src/eventstoredb/record-client';
import { append, ids, newEvent } from '../contract/new-event';
import { describeOnRecord, eventstoredb, type RecordUnderTest } from '../support/record';

describeOnRecord('the traps of EventStoreDB and its client', () => {
  let record: RecordUnderTest;
  let log: EventStoreLog;
  let client: EventStoreDBClient;
  const credentials = { username: 'none', password: 'none' };
  const stored = (stream: string) => stream.replace('crisis-', `crisis-${record.namespace}`);
  beforeEach(async () => {
    client = EventStoreDBClient.connectionString(process.env['EVENTSTOREDB_URL']!);
    record = await eventstoredb();
    log = await record.open();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await log.close();
    await client.dispose();
    await record.dispose();
  });
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await setImmediate();
  };

  describe('while the mirror is late', () => {
    beforeEach(() => {
      jest.spyOn(Mirror.prototype as unknown as { handle(): void }, 'handle').mockImplementation(() => {
        throw new Error('late');
      });
    });

    it('an append is acknowledged without a position, its repetition likewise, and other content refused', async () => {
      const event = newEvent();
      const [first] = await log.append(append('crisis-a', event));
      expect(first).toMatchObject({ id: event.id, revision: 0, position: undefined, repeated: false });
      const [again] = await log.append(append('crisis-a', event));
      expect(again).toEqual({ ...first, repeated: true });
      const other = newEvent({ id: event.id, content: { summary: 'other' } });
      await expect(log.append(append('crisis-a', other))).rejects.toMatchObject({ type: 'event-id-taken' });
    });

    it('what refers to it is taken, and all has its place once the mirror has caught up', async () => {
      const events = [newEvent(), newEvent()];
      await log.append(append('crisis-a', events[0]!));
      const answer = newEvent({ references: [{ pointer: '/respondsTo/0', id: events[0]!.id }] });
      expect(await log.append(append('crisis-a', answer))).toMatchObject([{ revision: 1, position: undefined }]);
      jest.restoreAllMocks();
      expect(await log.waitFor(1, 10_000)).toBe(true);
      expect(ids(log.readAll())).toEqual([events[0]!.id, answer.id]);
      expect(await log.append(append('crisis-a', answer))).toMatchObject([{ position: 1, repeated: true }]);
    });
  });

  it('a burst that drops live subscriptions loses nothing and repeats nothing', async () => {
    const bursts = Array.from({ length: 6 }, () =>
      Array.from({ length: 500 }, () => jsonEvent({ id: randomUUID(), type: 'Burst', data: {} })),
    );
    for (const burst of bursts) await client.appendToStream(stored('crisis-b'), burst, { credentials });
    expect(await log.waitFor(2_999, 20_000)).toBe(true);
    expect(ids(log.readStream('crisis-b'))).toEqual(bursts.flat().map(({ id }) => id));
    expect(Array.from(log.readAll(), ({ position }) => position)).toEqual(Array.from({ length: 3_000 }, (_, i) => i));
  });

  it.each<[string, (stream: string) => Promise<unknown>]>([
    ['a tombstone', (stream) => client.tombstoneStream(stream, { credentials })],
    ['a deletion', (stream) => client.deleteStream(stream, { credentials })],
    ['$maxCount', (stream) => client.setStreamMetadata(stream, { maxCount: 1 }, { credentials })],
    ['$maxAge', (stream) => client.setStreamMetadata(stream, { maxAge: 1 }, { credentials })],
    ['$tb', (stream) => client.setStreamMetadata(stream, { truncateBefore: 1 }, { credentials })],
  ])('%s on a crisis stops the mirror, loudly; reads go on', async (_what, lose) => {
    const told = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const events = [newEvent(), newEvent()];
    for (const event of events) await log.append(append('crisis-a', event));
    await lose(stored('crisis-a'));
    await until(() => log.mirrored().state === 'stopped');
    expect(told).toHaveBeenCalled();
    await expect(log.append(append('crisis-a', newEvent()))).rejects.toMatchObject({ type: 'record-truncated' });
    expect(log.writing()).toMatchObject({ ok: false });
    expect(ids(log.readStream('crisis-a'))).toEqual(ids(events));
  });

  it.each<[string, (checkpoint: bigint) => [commit: bigint, id: string]]>([
    ['ends before what was mirrored', (commit) => [commit + 1_000_000_000_000n, randomUUID()]],
    ['holds another event there', (commit) => [commit, randomUUID()]],
    ['holds no event there', (commit) => [commit - 1n, randomUUID()]],
  ])('a record that %s is rewound, and not followed', async (_what, changed) => {
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const dataDir = record.dataDir();
    await log.append(append('crisis-a', newEvent()));
    await (await record.open({ dataDir })).close();
    const db = new DatabaseSync(join(dataDir, 'log.sqlite'));
    const row = db.prepare('select commit_position as at from mirror_checkpoint').get() as { at: string };
    const [commit, id] = changed(BigInt(row.at));
    db.prepare('update mirror_checkpoint set id = ?2, commit_position = ?1, prepare_position = ?1').run(
      `${commit}`,
      id,
    );
    db.close();
    const late = await record.open({ dataDir });
    await until(() => late.mirrored().state === 'stopped');
    await expect(late.append(append('crisis-a', newEvent()))).rejects.toMatchObject({ type: 'record-rewound' });
    expect([...late.readAll()]).toHaveLength(1);
    await late.close();
  });

  it("another writer's events have their leaf and are RED, the same on every instance, and the record verifies", async () => {
    const strange = '{"10":1,"9":2,"b":9007199254740993,"a":"\\ud800"}';
    const plain = { z: 1, '10': 2, '9': 3, big: 9007199254740992 };
    const events = [
      jsonEvent({ id: randomUUID(), type: 'Plain', data: plain, metadata: { by: 'x' } }),
      jsonEvent({ id: randomUUID(), type: 'Strange', data: JSON.parse(strange) as Record<string, unknown> }),
      binaryEvent({ id: randomUUID(), type: 'Bytes', data: Uint8Array.of(0, 255, 1), metadata: Uint8Array.of(1, 2) }),
    ];
    await log.append(append('crisis-a', newEvent()));
    for (const event of events) await client.appendToStream(stored('crisis-a'), event, { credentials });
    await log.append(append('crisis-a', newEvent()));
    const other = await record.open({ dataDir: record.dataDir() });
    const all = (of: EventStoreLog) => [...of.readAll()].map((event) => [event, of.reader.envelope(event.position)]);
    expect(all(other)).toEqual(all(log));
    const [, first, second, third] = [...log.readAll()];
    expect([first, second, third].map((event) => event!.marking)).toEqual(['RED', 'RED', 'RED']);
    expect(Number.isInteger(first!.recordedAt)).toBe(true);
    const sha = (whole: string | Uint8Array) => hash('sha256', whole, 'base64url');
    const leaf = (event: typeof first, data: string, metadata: string) => {
      const { stream, revision, id, type, recordedAt: created } = event!;
      const facts = { v: 0, stream, revision, id, type, created, data, metadata };
      return hash('sha256', `\0${canonicalJson(facts)}`, 'buffer');
    };
    const leaves = [first, second, third].map((event) => log.reader.envelope(event!.position)!.leaf);
    expect(leaves).toEqual([
      leaf(first, sha(canonicalJson(plain)), sha('{"by":"x"}')),
      leaf(second, 'unhashable', sha('null')),
      leaf(third, sha(Uint8Array.of(0, 255, 1)), sha(Uint8Array.of(1, 2))),
    ]);
    expect((await checkRecord(log.reader, { notes: [], trusted: [] })).events).toBe(5);
    await other.close();
  });

  it('member names like numbers, and integers beyond 2^53, come back as they were sealed', async () => {
    const content = { data: { '10': 'ten', '9': 'nine', a: 1 }, big: 9007199254740993, negative: -0, text: '\u2028é' };
    await log.append(append('crisis-a', newEvent({ content })));
    const [event] = [...log.readAll()];
    expect(event!.marking).toBe('CLEAR');
    expect(JSON.parse(event!.body)).toMatchObject({ content: { data: content.data } });
    expect((await checkRecord(log.reader, { notes: [], trusted: [] })).events).toBe(1);
  });

  it('an append that the server chokes on harms none of those beside it', async () => {
    const bare = new RecordClient({ url: process.env['EVENTSTOREDB_URL']!, namespace: record.namespace });
    const event = (type: string) => ({ id: randomUUID(), type, data: '{}', metadata: '{}' });
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_none, i) => bare.append(`crisis-n${i}`, -1, [event(i === 20 ? '\ud800' : 'T')])),
    );
    await bare.close();
    const kinds = outcomes.map(({ kind }) => kind);
    expect(kinds.splice(20, 1)).not.toEqual(['stored']);
    expect(new Set(kinds)).toEqual(new Set(['stored']));
  });
});
