import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { cli, type CliRun } from '../support/cli';
import { opening, strike } from '../support/elements';
import { reseal } from '../support/reseal';
import type { ServerProcess } from '../support/server-process';
import { type AskedHead, askHead, send, type SignedFolder, signedFolder } from '../support/signed-folder';

// An event was changed after heads over it were signed. Its keeper cannot hide that: he can only say so.

jest.setTimeout(120_000);

const SAID = 'restored by hand from paper after a fire';
let at: SignedFolder;
let server: ServerProcess;
const heads: AskedHead[] = [];

beforeAll(async () => {
  at = await signedFolder();
  server = await at.serve();
  await send(`${server.url}/v1/crises`, opening('burnt'));
  heads.push(await askHead(server));
  for (let i = 0; i < 3; i++) {
    await send(`${server.url}/v1/crises/burnt/events`, strike({ summary: `report ${i}` }));
    heads.push(await askHead(server));
  }
  cpSync(join(at.dataDir, 'log.vkey'), join(at.folder, 'given.vkey'));
  expect(await monitor('seen')).toMatchObject({ code: 0 });
  await server.drain();
});
afterAll(async () => {
  if (server.process.exitCode === null) await server.drain();
  rmSync(at.folder, { recursive: true });
});

const monitor = (name: string): Promise<CliRun> => {
  const [key, seen] = [join(at.folder, 'given.vkey'), join(at.folder, name)];
  return cli(['monitor', '--key', key, '--heads', seen, '--url', server.url]);
};
const record = (): Promise<CliRun> => cli(['verify', '--record', '--data-dir', at.dataDir, '--heads', at.heads]);
const disown = (revision: number, recovery = at.recovery, ...flags: string[]): Promise<CliRun> =>
  cli([
    ...['heads', 'disown', `${revision}`, '--recovery', recovery, '--reason', SAID],
    ...['--data-dir', at.dataDir, '--heads', at.heads, ...flags],
  ]);

test('a head that the log gives is not taken back, nor what is no head', async () => {
  expect(await disown(heads[2]!.revision)).toMatchObject({
    code: 1,
    err: 'crisis-log: refused: the log gives this head: it is not wrong\n',
  });
  expect(await disown(99)).toMatchObject({ code: 1, err: expect.stringMatching(/no head of log.example stands/) });
  expect(await disown(0)).toMatchObject({ code: 2 });
});

test('only the recovery key takes a head back, and the first wrong one first', async () => {
  reseal(at.dataDir, 2, (body) => body.replace('report 1', 'report X'));
  expect(await record()).toMatchObject({ code: 1, out: expect.stringMatching(/^REFUSED: .* altered at position 2/) });
  const signing = join(at.dataDir, 'signing.key');
  expect(await disown(heads[2]!.revision, signing)).toMatchObject({
    code: 1,
    out: expect.stringMatching(/^REFUSED: .*recovery-key-needed/),
  });
  // The head after the first wrong one.
  expect(await disown(heads[3]!.revision)).toMatchObject({
    code: 1,
    out: expect.stringMatching(/the head before is wrong as well/),
  });
  expect(await record()).toMatchObject({ code: 1 });
});

test('it and what was built on it are taken back, and the log goes on from the head before', async () => {
  const { code, out } = await disown(heads[2]!.revision, at.recovery, '--json');
  expect([code, JSON.parse(out)]).toEqual([
    0,
    {
      disowned: heads.slice(2).map(({ size, root }) => ({ origin: 'log.example', size, root })),
      kept: { origin: 'log.example', size: heads[1]!.size, root: heads[1]!.root },
    },
  ]);
  server = await at.serve();
  const head = await askHead(server);
  expect(head.size).toBe(heads[3]!.size);
  expect(head.root).not.toBe(heads[3]!.root);
  await send(`${server.url}/v1/crises/burnt/events`, strike());
  await askHead(server);
  expect(await record()).toMatchObject({ code: 0, out: expect.stringMatching(/^VERIFIED/) });
});

test('auditors are told: a monitor prints it, also one that had seen only the wrong heads, and a bundle has it', async () => {
  const { code, out } = await monitor('seen');
  expect(code).toBe(0);
  expect(out).toMatch(/^consistent: 4 events, now 5\n/);
  expect(out.match(new RegExp(SAID, 'g'))).toHaveLength(2);
  expect((await monitor('seen')).out).toBe('consistent: 5 events, now 5\n');
  expect(await monitor('fresh')).toMatchObject({ code: 0 });
  const bundle = await (await fetch(`${server.url}/v1/audit/bundle?crisis=burnt`)).text();
  expect(bundle).toContain(SAID);
  writeFileSync(join(at.folder, 'bundle.ndjson'), bundle);
  const args = ['verify', join(at.folder, 'bundle.ndjson'), '--key', join(at.folder, 'given.vkey')];
  expect(await cli(args)).toMatchObject({ code: 0 });
});

test('a log too short for a head wants a restore, not this', async () => {
  await server.drain();
  const db = new DatabaseSync(join(at.dataDir, 'log.sqlite'));
  db.exec('delete from event where position = 4');
  db.close();
  const revision = heads[3]!.revision + 4;
  expect(await disown(revision)).toMatchObject({ code: 1, out: expect.stringMatching(/"restore" states a loss/) });
});
