import { randomBytes } from 'node:crypto';
import { appendFileSync, cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Hash, headText, parseHead, signingKey, type SigningKey, verifyBundle } from '#ledger';
import {
  crisisBundle,
  DoesNotExtend,
  disownHeads,
  initKeys,
  KeysExist,
  Notary,
  readSecretKey,
  readVerifierKeys,
  restoreHeads,
  rotateKeys,
} from '#notary';
import { signHead } from '../../libs/ledger/src/tree-head';
import { readConfig } from '../../apps/api/src/config';
import { type Server, startServer } from '../../apps/api/src/server';
import { append, newEvent, newId } from '../contract/new-event';
import { RecordClient } from '../../libs/event-log/src/eventstoredb/record-client';
import { sentHead } from '../../libs/event-log/src/eventstoredb/system-entry';
import { opening, strike } from '../support/elements';
import { describeOnRecord, eventstoredb, type RecordUnderTest } from '../support/record';
import { ORIGIN, type Seat, type SignedRecord, signedRecord, signingKeyOf, withOwned } from '../support/signed-record';

jest.setTimeout(120_000);

const URL = process.env['EVENTSTOREDB_URL']!;
const OTHER_ROOT: Hash = Buffer.alloc(32, 7);

describeOnRecord('what others write to the stream of heads', () => {
  let record: RecordUnderTest;
  let signed: SignedRecord;
  let seats: Seat[];
  let servers: Server[];
  let said: jest.SpyInstance;
  beforeEach(async () => {
    said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    record = await eventstoredb();
    signed = await signedRecord(record);
    // Two that sign, one that verifies.
    seats = [signed.signer, signed.seat(true), signed.seat(false)];
    servers = [];
    for (const seat of seats) servers.push(await start(seat));
    expect((await ask(0, '/v1/crises', opening('us-iran'))).status).toBe(201);
    for (let i = 0; i < 3; i++) await ask(i % 2, '/v1/crises/us-iran/events', strike());
    await until(async () => (await head(2)).size === 4);
  });
  afterEach(async () => {
    await stop();
    await signed.close();
    await record.dispose();
    said.mockRestore();
  });
  const start = ({ dataDir, heads }: Seat): Promise<Server> => {
    const env = { PORT: '0', DATA_DIR: dataDir, HEADS_FILE: heads, LOG_LEVEL: 'error', INSTANCE_ID: dataDir.slice(-6) };
    return startServer({ ...readConfig(env), eventStoreDb: { url: URL, namespace: record.namespace } });
  };
  const stop = async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  };
  const ask = async (server: number, path: string, body?: object) => {
    const answer = await fetch(servers[server]!.url + path, {
      headers: { 'content-type': 'application/json' },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    return { status: answer.status, json: JSON.parse(await answer.text()) as Record<string, unknown> };
  };
  const head = async (server: number) =>
    (await ask(server, '/v1/audit/tree-head')).json as { size: number; root: string; revision: number };
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    for (const begun = performance.now(); !(await holds()); await delay(20))
      expect(performance.now() - begun).toBeLessThan(15_000);
  };
  const forged = (key: SigningKey, size: number) => signHead({ origin: ORIGIN, size, root: OTHER_ROOT }, key);
  const open = (seat: Seat) => record.open({ dataDir: seat.dataDir });

  it.each<[string, () => string]>([
    ['a head that another key signed', () => forged(signingKey(ORIGIN, randomBytes(32)), 4)],
    ['keys that another key names', () => `${ORIGIN}/keys\n{}\n\n— ${ORIGIN}/keys AAAA\n`],
    ['no note at all', () => 'nothing'],
    ['nothing', () => ''],
  ])('%s is ignored, loudly, and the next head comes after it', async (_what, note) => {
    const { revision } = await head(0);
    await signed.intrude(note());
    expect((await ask(1, '/v1/crises/us-iran/events', strike())).status).toBe(201);
    for (const server of [0, 1, 2]) {
      await until(async () => (await head(server)).size === 5);
      expect((await head(server)).revision).toBe(revision + 2);
    }
    await stop();
    const log = await open(signed.seat(false));
    Notary.open({ dataDir: record.dataDir(), reader: log.reader, record: log.heads }).close();
    await log.close();
    expect(said).toHaveBeenCalledWith(
      expect.stringContaining(`revision ${revision + 1} of crisislog-heads is ignored`),
    );
    servers.push(await start(seats[1]!));
    expect(await head(0)).toMatchObject({ size: 5, revision: revision + 2 });
  });

  it.each([
    ['of a size that has a head', 4, { position: 0, to: 3 }],
    ['over more events than there are', 9, { position: 4, to: 8 }],
  ])(
    'a head of another root, signed with the stolen key, %s: nobody serves, until it is disowned',
    async (_what, size, range) => {
      const { revision } = await head(0);
      await signed.intrude(forged(signingKeyOf(signed.signer), size));
      for (const server of [0, 1, 2]) {
        await until(async () => (await ask(server, '/v1/crises')).status === 503);
        expect(await ask(server, '/v1/crises/us-iran/events', strike())).toMatchObject({
          status: 503,
          json: { type: '/problems/split-view', ...range },
        });
        expect((await ask(server, '/v1/audit/tree-head')).json).toMatchObject({ type: '/problems/split-view' });
      }
      await stop();
      for (const seat of [...seats, signed.seat(true)]) await expect(start(seat)).rejects.toThrow('has a split view');
      expect(await signed.entries()).toHaveLength(revision + 2);

      const wrong = { revision: revision + 1, reason: 'the key was stolen' };
      const done = await withOwned(await open(seats[1]!), seats[1]!, (owned) =>
        disownHeads(owned, wrong, readSecretKey(signed.recovery)),
      );
      expect(done).toMatchObject({ disowned: [{ size }], kept: { size: 4 } });
      await withOwned(await open(seats[1]!), seats[1]!, (owned) =>
        rotateKeys(owned, { recovery: readSecretKey(signed.recovery) }),
      );
      for (const seat of seats) servers.push(await start(seat));
      expect((await ask(0, '/v1/crises/us-iran/events', strike())).status).toBe(201);
      // The others verify what the one with the new key signs.
      for (const server of [0, 1, 2]) await until(async () => (await head(server)).size === 5);
      const stolen = signHead({ ...(await parsedHead()), size: 5 }, signingKeyOf(signed.signer));
      await signed.intrude(stolen);
      expect((await ask(0, '/v1/crises/us-iran/events', strike())).status).toBe(201);
      for (const server of [0, 1, 2]) await until(async () => (await head(server)).size === 6);
    },
  );
  const parsedHead = async () => {
    const { note } = (await signed.entries()).at(-1)!;
    return { ...parseHead(note.slice(0, note.indexOf('\n\n') + 1)), root: OTHER_ROOT };
  };

  it('a signer that ends between two steps leaves a chain that it and the others go on with', async () => {
    await stop();
    const [log, other] = [await open(seats[0]!), await open(seats[1]!)];
    const notaryOf = (
      instance: typeof log,
      seat: Seat,
      heads = instance.heads as Parameters<typeof Notary.open>[0]['record'],
    ) => Notary.open({ dataDir: seat.dataDir, reader: instance.reader, headsFile: seat.heads, record: heads });
    const dies = (when: 'before' | 'after') => ({
      readFrom: (revision: number) => log.heads.readFrom(revision),
      async append(entry: { revision: number; note: string }): Promise<boolean> {
        if (when === 'after') await log.heads.append(entry);
        throw new Error('killed');
      },
    });
    for (const when of ['before', 'after'] as const) {
      const before = await signed.entries();
      const { position } = (await log.append(append('crisis-s', newEvent())))[0]!;
      for (const each of [log, other]) expect(await each.waitFor(position!, 5_000)).toBe(true);
      const dying = notaryOf(log, seats[0]!, dies(when));
      await expect(dying.settle(Date.now())).rejects.toThrow('killed');
      dying.close();
      expect(await signed.entries()).toHaveLength(before.length + (when === 'after' ? 1 : 0));
      const again = notaryOf(log, seats[0]!);
      const rival = notaryOf(other, seats[1]!);
      const heads = await Promise.all([again.settle(Date.now()), rival.settle(Date.now())]);
      expect(heads.map((each) => each!.size)).toEqual([position! + 1, position! + 1]);
      expect(headText(heads[0]!)).toBe(headText(heads[1]!));
      expect(await signed.entries()).toHaveLength(before.length + 1);
      again.close();
      rival.close();
    }
    await Promise.all([log.close(), other.close()]);
  });

  it('gets its first keys once, whoever asks', async () => {
    await stop();
    const [log, folder] = [await open(seats[2]!), record.dataDir()];
    await expect(initKeys(folder, ORIGIN, join(folder, 'r.key'), log.heads)).rejects.toThrow(KeysExist);
    expect(readdirSync(folder).filter((name) => /key$/.test(name))).toEqual([]);
    await log.close();
  });

  it('what stood there before the first keys counts for nothing, and is in nobody’s way', async () => {
    const late = await eventstoredb();
    const client = new RecordClient({ url: URL, namespace: late.namespace });
    await client.append('crisislog-heads', -1, [sentHead(newId(), 'nothing', Date.now())]);
    await client.close();
    const own = await signedRecord(late);
    const trusted = readVerifierKeys(join(own.signer.dataDir, 'log.vkey'));
    const log = await late.open({ dataDir: own.signer.dataDir });
    await log.append(append('crisis-s', newEvent()));
    expect(await log.waitFor(0, 5_000)).toBe(true);
    const { dataDir, heads } = own.signer;
    const notary = Notary.open({ dataDir, reader: log.reader, headsFile: heads, record: log.heads });
    const head = (await notary.settle(Date.now()))!;
    expect(head).toMatchObject({ size: 1, revision: 2 });
    const { store, chain, signer } = notary;
    const source = { reader: log.reader, store, chain: chain!, head, key: signer! };
    const bundle = [...crisisBundle(source, { crisis: 's', hidden: new Set(), without: [] })];
    expect(await verifyBundle(bundle, { trusted })).toMatchObject({ events: 1, head: { size: 1 } });
    notary.close();
    await withOwned(log, own.signer, (owned) => rotateKeys(owned));
    expect(readVerifierKeys(join(dataDir, 'log.vkey'))).toEqual([trusted[1]]);
    await own.close();
    await late.dispose();
  });

  it('an EventStoreDB that was restored without its end is the record again only by the recovery key', async () => {
    await stop();
    // Another record with the beginning of this one stands for the copy that the operator restored.
    const shorter = await eventstoredb();
    const copy = await signedRecord(shorter);
    const [log] = [await shorter.open({ dataDir: copy.signer.dataDir })];
    for (let i = 0; i < 3; i++) await log.append(append('crisis-s', newEvent()));
    expect(await log.waitFor(2, 5_000)).toBe(true);
    const notary = Notary.open({
      dataDir: copy.signer.dataDir,
      reader: log.reader,
      headsFile: copy.signer.heads,
      record: log.heads,
    });
    await notary.settle(Date.now());
    notary.close();
    await log.close();
    // Signed since, and lost: only HEADS_FILE has it.
    const lost = signHead({ origin: ORIGIN, size: 5, root: OTHER_ROOT }, signingKeyOf(copy.signer));
    const file = copy.signer.heads;
    appendFileSync(file, `${JSON.stringify({ revision: 2, note: lost })}\n`);
    const fresh = { dataDir: shorter.dataDir(), heads: file };
    for (const name of ['log.vkey', 'signing.key']) cpSync(join(copy.signer.dataDir, name), join(fresh.dataDir, name));
    const opened = () => shorter.open({ dataDir: fresh.dataDir });
    await expect(withOwned(await opened(), fresh, (owned) => restoreHeads(owned))).rejects.toThrow(DoesNotExtend);
    const key = readSecretKey(copy.recovery);
    expect(await withOwned(await opened(), fresh, (owned) => restoreHeads(owned, key))).toEqual({
      events: 3,
      lost: 2,
      epoch: 1,
    });
    const names = (await copy.entries()).map(({ note }) => note.split('\n')[0]);
    expect(names).toEqual([`${ORIGIN}/keys`, ORIGIN, ORIGIN, `${ORIGIN}/restored`]);
    const on = await opened();
    await on.append(append('crisis-s', newEvent()));
    expect(await on.waitFor(3, 5_000)).toBe(true);
    const next = Notary.open({ dataDir: fresh.dataDir, reader: on.reader, headsFile: file, record: on.heads });
    expect(await next.settle(Date.now())).toMatchObject({ origin: `${ORIGIN}/epoch-1`, size: 4 });
    next.close();
    await on.close();
    await copy.close();
    await shorter.dispose();
  });
});
