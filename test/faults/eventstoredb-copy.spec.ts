import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Entry, openReader, openSqliteLog, RecordMoved, type RecordOptions, WrongRecord } from '#event-log';
import { initKeys, LedgerStore, Notary, readHeads } from '#notary';
import { RecordClient } from '../../libs/event-log/src/eventstoredb/record-client';
import { RecordSystemStream } from '../../libs/event-log/src/eventstoredb/record-system-stream';
import { copyConsumersTo } from '../../libs/event-log/src/eventstoredb/copy-consumers';
import { takeOwnerLock } from '../../libs/event-log/src/sqlite/owner-lock';
import { copyToRecord } from '../../libs/event-log/src/eventstoredb/copy-to-record';
import { createKey, listKeys } from '../../apps/cli/src/keys';
import { copyRecordTo, CopyRefused } from '../../apps/cli/src/record/copy';
import { amendment, append, newEvent } from '../contract/new-event';
import { describeOnRecord, eventstoredb, type RecordUnderTest } from '../support/record';

const EVENTS = 260;

describeOnRecord('a record that moves', () => {
  let record: RecordUnderTest;
  let there: RecordOptions;
  let dataDir: string;
  const newFolder = () => record.dataDir();
  const embedded = (folder: string) => openSqliteLog({ dataDir: folder, instance: 'i', build: 'b' });
  const dump = (folder: string): Entry[] => {
    const reader = openReader(folder);
    try {
      return [...reader.entries(0, reader.head() + 1)];
    } finally {
      reader.close();
    }
  };
  const copy = (folder = dataDir, back = false) => copyRecordTo({ dataDir: folder, back }, there);

  beforeEach(async () => {
    record = await eventstoredb();
    there = { url: process.env['EVENTSTOREDB_URL']!, namespace: record.namespace };
    dataDir = newFolder();
    const log = await embedded(dataDir);
    const target = newEvent();
    await log.append(append('crisis-s0', target));
    await log.append(append('crisis-s0', amendment(target.id)));
    const rest = Array.from({ length: EVENTS - 2 }, (_, i) => append(`crisis-s${Math.floor(i / 7) % 3}`, newEvent()));
    await Promise.all(rest.map((request) => log.append(request)));
    await log.close();
  });
  afterEach(() => record.dispose());

  it('is the same log in EventStoreDB, for the old folder and for a new instance, and the same when it comes back', async () => {
    const log = await embedded(dataDir);
    await initKeys(dataDir, log.reader.genesis().origin, join(newFolder(), 'recovery.key'));
    const notary = Notary.open({ dataDir, reader: log.reader });
    const signed = (await notary.settle(Date.now()))!;
    notary.close();
    await log.close();
    await createKey(dataDir, { name: 'a', role: 'analyst', level: 'CLEAR', red: [], days: 1 }, Date.now());
    const [events, keys] = [dump(dataDir), await listKeys(dataDir, 0)];

    expect(await copy()).toMatch(`${EVENTS} events, 1 keys and 2 entries of heads`);
    await expect(embedded(dataDir)).rejects.toThrow('it is a mirror');
    const [old, fresh] = [await record.open({ dataDir }), await record.open({ dataDir: record.dataDir() })];
    for (const instance of [old, fresh]) {
      expect(instance.logId).toBe(log.logId);
      expect([...instance.reader.entries(0, EVENTS)]).toEqual(events);
    }
    const later = Notary.open({ dataDir, reader: old.reader, record: old.heads });
    expect(later.head).toMatchObject({ size: EVENTS, note: signed.note });
    const visitor = record.dataDir();
    const visited = Notary.open({ dataDir: visitor, reader: fresh.reader, record: fresh.heads });
    expect([visited.head, visited.signer]).toMatchObject([{ size: EVENTS, note: signed.note }, undefined]);
    visited.close();
    expect(await listKeys(there, 0)).toEqual(keys);
    await fresh.append(append('crisis-s1', newEvent()));
    await old.append(append('crisis-new', newEvent()));
    expect(await old.waitFor(EVENTS + 1, 5_000)).toBe(true);
    const next = (await later.settle(Date.now()))!;
    expect(next).toMatchObject({ size: EVENTS + 2, revision: signed.revision + 1 });
    later.close();
    await Promise.all([old.close(), fresh.close()]);

    const home = newFolder();
    expect(await copy(home, true)).toMatch(`${EVENTS + 2} events`);
    expect(dump(home).slice(0, EVENTS)).toEqual(events);
    expect(await listKeys(home, 0)).toEqual(keys);
    const kept = LedgerStore.open(home, { readOnly: true });
    expect(kept.note(next.revision)).toBe(next.note);
    kept.close();
    await expect(record.open({ dataDir: record.dataDir() })).rejects.toThrow('was moved to a data folder');
    // One that has a mirror reads on from it.
    const pinned = await record.open({ dataDir });
    expect([...pinned.reader.entries(0, EVENTS)]).toEqual(events);
    await expect(pinned.append(append('crisis-new', newEvent()))).rejects.toThrow(RecordMoved);
    await pinned.close();
    await expect(listKeys(there, 0)).rejects.toThrow('moved to a data folder');
    const again = await embedded(home);
    expect(await again.append(append('crisis-new', newEvent()))).toMatchObject([{ position: EVENTS + 2, revision: 1 }]);
    await again.close();
  });

  it('moves away from under instances that append: what was acknowledged came along, and they only read from then on', async () => {
    await copy();
    const logs = [await record.open({ dataDir }), await record.open({ dataDir: newFolder(), instance: 'i2' })];
    const acknowledged: string[] = [];
    const refused = new Set<string>();
    const worker = async (n: number): Promise<void> => {
      for (;;) {
        const event = newEvent();
        try {
          await logs[n % 2]!.append(append(`crisis-s${n % 3}`, event));
          acknowledged.push(event.id);
        } catch (error) {
          refused.add((error as { type: string }).type);
          if (error instanceof RecordMoved) return;
        }
      }
    };
    const workers = Array.from({ length: 8 }, (_none, n) => worker(n));
    const home = newFolder();
    await copyRecordTo({ dataDir: home, back: true, movedTo: 'https://new.example' }, there);
    await Promise.all(workers);

    expect([...refused].filter((type) => type !== 'record-moved' && type !== 'outcome-unknown')).toEqual([]);
    const moved = dump(home);
    const ids = new Set(moved.map(({ event }) => event.id));
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    for (const log of logs) {
      await expect(log.append(append('crisis-s0', newEvent()))).rejects.toMatchObject({ to: 'https://new.example' });
      expect([...log.reader.entries(0, moved.length + 1)]).toEqual(moved);
      expect(log.mirrored()).toMatchObject({ state: 'stopped' });
      await log.close();
    }
    console.log(`moved from under 8 writers: ${acknowledged.length} acknowledged, 0 lost`);
  });

  it('is signed no further by an instance that runs, and gets no keys any more', async () => {
    const log = await embedded(dataDir);
    await initKeys(dataDir, log.reader.genesis().origin, join(newFolder(), 'recovery.key'));
    await log.close();
    await copy();
    const instance = await record.open({ dataDir });
    const headsFile = join(newFolder(), 'heads');
    const signer = Notary.open({ dataDir, reader: instance.reader, headsFile, record: instance.heads });
    const signed = await signer.settle(Date.now());
    const keys = await RecordSystemStream.open(there, 'crisislog-principals');
    await instance.append(append('crisis-s1', newEvent()));
    expect(await instance.waitFor(EVENTS, 5_000)).toBe(true);
    const home = newFolder();
    await copy(home, true);

    const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    for (let times = 0; times < 2; times++) expect(await signer.settle(Date.now())).toEqual(signed);
    expect(said.mock.calls.flat()).toContainEqual(expect.stringMatching(/no head can be signed: .*moved/));
    said.mockRestore();
    signer.close();
    const kept = LedgerStore.open(home, { readOnly: true });
    expect(readHeads(headsFile).notes).toEqual(kept.notes());
    kept.close();
    await expect(keys.append({ type: 'Key' }, -1, Date.now())).rejects.toThrow('moved meanwhile');
    await keys.close();
    await instance.close();
  });

  it('takes named consumers along: what is left of them, and on from there', async () => {
    const stream = (name: string) => `crisislog-consumer-desk/${name}`;
    const some = (from: number, count: number) =>
      Array.from({ length: count }, (_none, i) => ({ type: 'N', n: from + i }));
    const log = await embedded(dataDir);
    const { consumers } = log;
    await consumers.append({ stream: stream('short'), entries: some(0, 3), last: -1 });
    await consumers.append({ stream: stream('long'), entries: some(0, 120), last: -1 });
    const full = { type: 'State', state: 'all of it' };
    await consumers.append({ stream: stream('long'), entries: [full, ...some(121, 29)], last: 119 });
    const [short, long] = await Promise.all(['short', 'long'].map((name) => consumers.readAfter(stream(name), -1)));
    await log.close();
    await copy();

    const there = await record.open({ dataDir });
    expect(await there.consumers.readAfter(stream('short'), -1)).toEqual(short);
    const sinceFull = long!.slice(-30).map((entry, revision) => ({ ...entry, revision }));
    expect(await there.consumers.readAfter(stream('long'), -1)).toEqual(sinceFull);
    expect(await there.consumers.append({ stream: stream('long'), entries: some(150, 1), last: 29 })).toBe(true);
    await there.close();

    const home = newFolder();
    await copy(home, true);
    const back = await embedded(home);
    expect(await back.consumers.readAfter(stream('short'), -1)).toEqual(short);
    expect((await back.consumers.readAfter(stream('long'), 28)).map(({ entry }) => entry)).toEqual(some(149, 2));
    expect(await back.consumers.append({ stream: stream('long'), entries: some(151, 1), last: 30 })).toBe(true);
    await back.close();
  });

  it('takes the last state of a consumer along where the log has gone on since it was broken off', async () => {
    const stream = 'crisislog-consumer-desk/late';
    const some = (from: number, count: number) =>
      Array.from({ length: count }, (_none, i) => ({ type: 'N', n: from + i }));
    const full = (n: number) => ({ type: 'State', state: n });
    const log = await embedded(dataDir);
    await log.consumers.append({ stream, entries: [...some(0, 3), full(3), ...some(4, 2)], last: -1 });
    const sendConsumers = async () => {
      const client = new RecordClient(there);
      const db = new DatabaseSync(join(dataDir, 'log.sqlite'));
      await copyConsumersTo(client, db, async (name, last, events) => {
        expect(await client.append(name, last, events)).toMatchObject({ kind: 'stored' });
      });
      const entries = (await client.readStream(stream, 0)).map(({ data }) => data);
      db.close();
      await client.close();
      return entries;
    };
    const first = [full(3), ...some(4, 2)];
    expect(await sendConsumers()).toEqual(first);
    await log.consumers.append({ stream, entries: [...some(6, 1)], last: 5 });
    expect(await sendConsumers()).toEqual([...first, ...some(6, 1)]);
    await log.consumers.append({ stream, entries: [full(7), ...some(8, 1)], last: 6 });
    const all = [...first, ...some(6, 1), full(7), ...some(8, 1)];
    for (let times = 0; times < 2; times++) expect(await sendConsumers()).toEqual(all);
    await log.close();
  });

  it('goes on where it was broken off, at whatever event, and holds nothing twice', async () => {
    const events = dump(dataDir);
    for (const at of [1, 90, 200]) {
      const onEvent = (count: number) => {
        if (count >= at) throw new Error('broken off');
      };
      await expect(copyToRecord({ dataDir, record: there, onEvent })).rejects.toThrow('broken off');
    }
    await (await embedded(dataDir)).close();
    await copy();
    const fresh = await record.open({ dataDir: record.dataDir() });
    expect([...fresh.reader.entries(0, EVENTS + 1)]).toEqual(events);
    await fresh.close();
  });

  it('is not copied to where another record is, and stays what it was', async () => {
    await (await record.open()).close();
    await expect(copy()).rejects.toThrow(CopyRefused);
    await expect(copyToRecord({ dataDir, record: there })).rejects.toThrow(WrongRecord);
    await (await embedded(dataDir)).close();
  });

  const others: [string, (client: RecordClient) => Promise<unknown>][] = [
    ['events and no identity', (client) => client.append('crisis-x', -1, [foreign()])],
    ['heads and no identity', (client) => client.append('crisislog-heads', -1, [foreign()])],
    [
      'keys behind a part of it',
      async (client) => {
        const onEvent = () => {
          throw new Error('broken off');
        };
        await copyToRecord({ dataDir, record: there, onEvent }).catch(() => undefined);
        await client.append('crisislog-principals', -1, [foreign()]);
      },
    ],
    [
      'events of others behind a part of it',
      async (client) => {
        const onEvent = () => {
          throw new Error('broken off');
        };
        await copyToRecord({ dataDir, record: there, onEvent }).catch(() => undefined);
        await client.append('crisis-x', -1, [foreign()]);
      },
    ],
  ];
  const foreign = () => ({ id: newEvent().id, type: 'Intruder', data: '{}', metadata: '{}' });
  it.each(others)('is not copied to where there are %s', async (_what, prepare) => {
    const client = new RecordClient(there);
    await prepare(client);
    await client.close();
    await expect(copy()).rejects.toThrow(CopyRefused);
    await (await embedded(dataDir)).close();
  });

  it('takes the heads along that are there when no server can sign another', async () => {
    const readHeads = () => {
      expect(() => takeOwnerLock(dataDir)).toThrow('held by a running log');
      return [];
    };
    expect(await copyToRecord({ dataDir, record: there }, readHeads)).toMatchObject({ events: EVENTS });
    expect.assertions(2);
  });

  it('does not come back from where there is none', async () => {
    await expect(copy(newFolder(), true)).rejects.toThrow('holds no record');
  });
});
