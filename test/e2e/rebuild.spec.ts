import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { cli } from '../support/cli';
import { opening, strike } from '../support/elements';
import { importExample } from '../support/example-crisis';
import { reseal } from '../support/reseal';
import type { ServerProcess } from '../support/server-process';
import { type AskedHead, askHead, send, type SignedFolder, signedFolder } from '../support/signed-folder';

jest.setTimeout(60_000);

const VIEW = '/v1/crises/us-iran/risk?at=2025-06-24T12:00:00Z';
let at: SignedFolder;
let server: ServerProcess;
let known: { digest: string; head: AskedHead };
const copies: string[] = [];

const digest = async (): Promise<string> =>
  ((await (await fetch(server.url + VIEW)).json()) as { digest: string }).digest;

beforeAll(async () => {
  at = await signedFolder();
  server = await at.serve();
  await importExample(server.url, 'us-iran');
  await askHead(server);
  await send(`${server.url}/v1/crises`, opening('another'));
  await send(`${server.url}/v1/crises/another/events`, strike());
  known = { digest: await digest(), head: await askHead(server) };
});
afterAll(async () => {
  if (server.process.exitCode === null) await server.drain();
  for (const folder of [at.folder, ...copies]) rmSync(folder, { recursive: true });
});

const rebuild = (dataDir = at.dataDir, ...flags: string[]) => cli(['rebuild', '--data-dir', dataDir, ...flags]);
const viewsOf = (dataDir: string) =>
  readdirSync(dataDir).filter((name) => name.startsWith('views-') && name.endsWith('.sqlite'));
const inLedger = (dataDir: string, sql: string): unknown => {
  const db = new DatabaseSync(join(dataDir, 'ledger.sqlite'));
  try {
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
};

function copyOf(dataDir: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'crisis-log-copy-'));
  copies.push(copy);
  cpSync(dataDir, copy, { recursive: true });
  return copy;
}

test('is refused while the server runs', async () => {
  expect(await rebuild()).toMatchObject({ code: 1, out: expect.stringMatching(/^REFUSED: .*held by a running log/) });
});

test('a folder without a log is wrong usage', async () => {
  expect(await rebuild('/nowhere')).toMatchObject({
    code: 2,
    err: 'crisis-log: there is no log in /nowhere: no log.sqlite is there\n',
  });
});

test('a wrong tree and wrong views are made again, as they were', async () => {
  await server.drain();
  inLedger(at.dataDir, 'update tile set hashes = zeroblob(length(hashes))');
  for (const name of viewsOf(at.dataDir)) writeFileSync(join(at.dataDir, name), 'nonsense'.repeat(1_000));
  const { code, out } = await rebuild(at.dataDir, '--heads', at.heads);
  expect(code).toBe(0);
  expect(out).toMatch(/^VERIFIED: the record of log\.example\n/);
  expect(out).toContain(`${known.head.size} events, root ${known.head.root}`);
  expect(out).toContain('rebuilt     the tree and the views');
  // Before any server looks at them.
  expect(viewsOf(at.dataDir)).toHaveLength(1);
  server = await at.serve();
  expect(await askHead(server)).toEqual(known.head);
  expect(await digest()).toBe(known.digest);
  await server.drain();
});

test('reports as JSON', async () => {
  const { code, out } = await rebuild(at.dataDir, '--json');
  const { size, root } = known.head;
  expect([code, JSON.parse(out)]).toEqual([
    0,
    expect.objectContaining({ origin: 'log.example', events: size, root, signedSize: size, unreadable: 0 }),
  ]);
});

test('a log that contradicts a signed head is refused, and tree and views stay as they were', async () => {
  const copy = copyOf(at.dataDir);
  reseal(copy, 7, (body) => body.replace('"summary":"', '"summary":"Not so: '));
  const states = () => [
    inLedger(copy, 'select * from tile'),
    ...viewsOf(copy).map((name) => readFileSync(join(copy, name))),
  ];
  const before = states();
  const { code, out } = await rebuild(copy);
  expect(code).toBe(1);
  expect(out).toMatch(/^REFUSED: the record is altered at position \d+ to \d+: the events do not give the root/);
  expect(states()).toEqual(before);
  expect(JSON.parse((await rebuild(copy, '--json')).out)).toMatchObject({ refused: 'altered', to: expect.any(Number) });
});

test('a log that is shorter than a head says is refused', async () => {
  const copy = copyOf(at.dataDir);
  const db = new DatabaseSync(join(copy, 'log.sqlite'));
  db.exec(`delete from event where position = ${known.head.size - 1}`);
  db.close();
  expect(await rebuild(copy)).toMatchObject({ code: 1, out: expect.stringMatching(/^REFUSED: .*rolled-back/) });
});

test('without its heads nothing is made: only HEADS_FILE has them', async () => {
  const copy = copyOf(at.dataDir);
  for (const name of readdirSync(copy)) if (name.startsWith('ledger.sqlite')) rmSync(join(copy, name));
  expect(await rebuild(copy)).toMatchObject({ code: 1, out: expect.stringMatching(/its stream of heads is lost/) });
  expect(await rebuild(copy, '--heads', at.heads)).toMatchObject({ code: 0, out: expect.stringMatching(/^VERIFIED/) });
});
