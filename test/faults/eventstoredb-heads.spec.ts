import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { writeFileSync } from 'node:fs';
import { type Hash, walkHeads } from '#ledger';
import { readHeads, readVerifierKeys } from '#notary';
import { verifyConsistency } from '../../libs/ledger/src/proofs';
import { opening, strike } from '../support/elements';
import { cli } from '../support/cli';
import { LoopbackProxy } from '../support/loopback-proxy';
import { describeOnRecord, eventstoredb, type RecordUnderTest } from '../support/record';
import { type ServerProcess, spawnServerOnRecord } from '../support/server-process';
import { ORIGIN, type Seat, type SignedRecord, signedRecord } from '../support/signed-record';

// Instances as processes of their own, all with one signing key, on one record.

jest.setTimeout(300_000);

const URL = process.env['EVENTSTOREDB_URL']!;
const KILLS = process.env['LONG'] ? 20 : 3;
const bytes = (text: string): Hash => Buffer.from(text, 'base64');

describeOnRecord('several instances that sign one log', () => {
  let record: RecordUnderTest;
  let signed: SignedRecord;
  const running = new Set<ServerProcess>();
  beforeEach(async () => {
    record = await eventstoredb();
    signed = await signedRecord(record);
  });
  afterEach(async () => {
    await Promise.all([...running].map((server) => server.kill()));
    running.clear();
    await signed.close();
    await record.dispose();
  });
  const start = async ({ dataDir, heads }: Seat, url = URL): Promise<ServerProcess> => {
    const server = await spawnServerOnRecord(dataDir, url, record.namespace, { HEADS_FILE: heads });
    running.add(server);
    return server;
  };
  const kill = async (server: ServerProcess): Promise<void> => {
    running.delete(server);
    await server.kill();
  };
  const post = async ({ url }: ServerProcess, path: string, body: object): Promise<number> => {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    return fetch(url + path, init).then(
      ({ status }) => status,
      () => 0,
    );
  };
  const ask = async ({ url }: ServerProcess, path: string) => {
    const answer = await fetch(url + path);
    return { status: answer.status, text: await answer.text() };
  };
  const headOf = async (server: ServerProcess) =>
    JSON.parse((await ask(server, '/v1/audit/tree-head')).text) as { size: number; revision: number; note: string };
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    for (const begun = performance.now(); !(await holds()); await delay(20))
      expect(performance.now() - begun).toBeLessThan(20_000);
  };

  /** The stream as anyone may verify it, with the ledger alone: its heads, which grow. */
  async function verifiedHeads(): Promise<{ size: number; root: Hash }[]> {
    const trusted = readVerifierKeys(join(signed.signer.dataDir, 'log.vkey'));
    const notes = (await signed.entries()).map(({ note }) => note);
    const { entries, ignored } = walkHeads(ORIGIN, trusted, notes);
    expect(ignored).toEqual([]);
    const heads = entries.flatMap((entry) => (entry.kind === 'Head' ? [entry.head] : []));
    heads.slice(1).forEach(({ size }, i) => expect(size).toBeGreaterThan(heads[i]!.size));
    return heads;
  }

  it('make one chain under appends to both, each head over more and consistent with the one before', async () => {
    const seats = [signed.signer, signed.seat(true)];
    const servers = [await start(seats[0]!), await start(seats[1]!)];
    expect(await post(servers[0]!, '/v1/crises', opening('us-iran'))).toBe(201);
    let isOver = false;
    let stored = 1;
    const worker = async (i: number) => {
      while (!isOver) {
        const status = await post(servers[i % 2]!, '/v1/crises/us-iran/events', strike());
        if (status === 201) stored++;
        // Whoever asks has what is there signed, on both at once.
        if (stored % 20 < 2) await headOf(servers[i % 2]!);
      }
    };
    const workers = Array.from({ length: 6 }, (_none, i) => worker(i));
    await delay(6_000);
    isOver = true;
    await Promise.all(workers);
    for (const server of servers) await until(async () => (await headOf(server)).size === stored);
    expect((await headOf(servers[1]!)).note).toBe((await headOf(servers[0]!)).note);

    const heads = await verifiedHeads();
    expect(heads.length).toBeGreaterThan(5);
    for (const [i, newer] of heads.slice(1).entries()) {
      const older = heads[i]!;
      const { text } = await ask(servers[i % 2]!, `/v1/audit/proofs/consistency?from=${older.size}&to=${newer.size}`);
      const { proof } = JSON.parse(text) as { proof: string[] };
      verifyConsistency(older.size, older.root, newer.size, newer.root, proof.map(bytes));
    }
    const entries = await signed.entries();
    for (const { heads: file } of seats) expect(readHeads(file).notes).toEqual(entries);
    for (const [i, server] of servers.entries()) {
      const file = join(record.dataDir(), 'bundle.ndjson');
      writeFileSync(file, (await ask(server, '/v1/audit/bundle?crisis=us-iran')).text);
      const verdict = await cli(['verify', file, '--key', join(seats[i]!.dataDir, 'log.vkey')]);
      expect(verdict).toMatchObject({ code: 0, out: expect.stringContaining(`${stored}`) });
    }
    console.log(`${stored} events, ${heads.length} heads by two instances, one chain`);
  });

  it(`go on when one is killed, ${KILLS} times, and it comes back to the same chain`, async () => {
    const seats = [signed.signer, signed.seat(true)];
    const [steady, seat] = [await start(seats[0]!), seats[1]!];
    expect(await post(steady, '/v1/crises', opening('us-iran'))).toBe(201);
    let isOver = false;
    let stored = 1;
    const worker = (async () => {
      while (!isOver) if ((await post(steady, '/v1/crises/us-iran/events', strike())) === 201) stored++;
    })();
    for (let i = 0; i < KILLS; i++) {
      const server = await start(seat);
      // It signs as fast as it is asked to: the kill falls between its steps.
      const asking = (async () => {
        while (running.has(server)) await headOf(server).catch(() => undefined);
      })();
      await delay(200 + 150 * i);
      await kill(server);
      await asking;
    }
    isOver = true;
    await worker;
    const server = await start(seat);
    await until(async () => (await headOf(server)).size === stored);
    const heads = await verifiedHeads();
    expect(heads.at(-1)!.size).toBe(stored);
    await until(async () => (await headOf(steady)).note === (await headOf(server)).note);
    for (const { heads: file } of seats) expect(readHeads(file).notes).toEqual(await signed.entries());
  });

  it('an instance that is cut off answers with the last head it verified, and joins the chain again', async () => {
    const proxy = await LoopbackProxy.to(Number(/:(\d+)/.exec(URL.replace('esdb://', ''))![1]));
    try {
      const near = await start(signed.signer);
      const far = await start(signed.seat(true), `esdb://127.0.0.1:${proxy.port}?tls=false`);
      expect(await post(near, '/v1/crises', opening('us-iran'))).toBe(201);
      await until(async () => (await headOf(far)).size === 1);
      proxy.cut();
      for (let i = 0; i < 5; i++) expect(await post(near, '/v1/crises/us-iran/events', strike())).toBe(201);
      expect((await headOf(near)).size).toBe(6);
      expect(await headOf(far)).toMatchObject({ size: 1 });
      proxy.heal();
      await until(async () => (await headOf(far)).size === 6);
      await kill(near);
      expect(await post(far, '/v1/crises/us-iran/events', strike())).toBe(201);
      await until(async () => (await headOf(far)).size === 7);
      expect((await verifiedHeads()).at(-1)!.size).toBe(7);
    } finally {
      await proxy.close();
    }
  });
});
