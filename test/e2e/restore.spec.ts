import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { cli, type CliRun } from '../support/cli';
import { opening, strike } from '../support/elements';
import { reseal } from '../support/reseal';
import { askHead, send, type SignedFolder, signedFolder } from '../support/signed-folder';

// A disk is lost, and the backup is older than what was signed; or it is not the backup that was made.

jest.setTimeout(120_000);

let at: SignedFolder;
const inFolder = (name: string) => join(at.folder, name);

beforeAll(async () => {
  at = await signedFolder();
  const server = await at.serve();
  await send(`${server.url}/v1/crises`, opening('burnt'));
  await askHead(server);
  for (let i = 0; i < 3; i++) {
    await send(`${server.url}/v1/crises/burnt/events`, strike({ summary: `report ${i}` }));
    await askHead(server);
  }
  expect(await cli(['backup', inFolder('saved'), '--data-dir', at.dataDir])).toMatchObject({ code: 0 });
  await send(`${server.url}/v1/crises/burnt/events`, strike());
  await askHead(server);
  cpSync(join(at.dataDir, 'log.vkey'), inFolder('given.vkey'));
  expect(await cli(monitor(server.url))).toMatchObject({ code: 0 });
  await server.drain();
});
afterAll(() => rmSync(at.folder, { recursive: true }));

const monitor = (url: string) => [
  'monitor',
  '--key',
  inFolder('given.vkey'),
  '--heads',
  inFolder('seen'),
  '--url',
  url,
];
const restore = (backup: string, ...flags: string[]): Promise<CliRun> =>
  cli(['restore', backup, '--data-dir', inFolder('again'), '--heads', at.heads, ...flags]);
const acceptingLoss = (backup: string) => restore(backup, '--accept-loss', '--recovery', at.recovery);
const isLeftEmpty = () => !existsSync(inFolder('again')) || readdirSync(inFolder('again')).length === 0;

test('a backup that is too old is refused, and nothing is left of it', async () => {
  expect(await restore(inFolder('saved'))).toMatchObject({ code: 1, err: expect.stringMatching(/--accept-loss/) });
  expect(isLeftEmpty()).toBe(true);
});

test('one that was rewritten is refused also by whoever accepts a loss: what is altered is not lost', async () => {
  const forged = inFolder('forged');
  cpSync(inFolder('saved'), forged, { recursive: true });
  reseal(forged, 2, (body) => body.replace('report 1', 'report X'));
  // Nor does it hold the heads that would tell: only HEADS_FILE does.
  const db = new DatabaseSync(join(forged, 'ledger.sqlite'));
  db.exec('delete from head where revision > 0; delete from tile; update tree set size = 0');
  db.close();
  expect(await acceptingLoss(forged)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/altered at position 0 to 2: the backup does not give the head over 3 events/),
  });
  expect(isLeftEmpty()).toBe(true);
});

test('the true one goes on without what was lost, and says so to who had seen it', async () => {
  expect(await acceptingLoss(inFolder('saved'))).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Restored 4 events .*; 1 are lost; epoch 1\.\n/),
  });
  rmSync(at.dataDir, { recursive: true });
  cpSync(inFolder('again'), at.dataDir, { recursive: true });
  const server = await at.serve();
  await send(`${server.url}/v1/crises/burnt/events`, strike());
  expect(await cli(monitor(server.url))).toMatchObject({ code: 0, out: expect.stringMatching(/restored/) });
  await server.drain();
  const record = await cli(['verify', '--record', '--data-dir', at.dataDir, '--heads', at.heads, '--json']);
  // The heads of the first epoch that the restore kept are held against the log as well.
  expect([record.code, JSON.parse(record.out)]).toMatchObject([0, { events: 5, epoch: 1 }]);
  expect((JSON.parse(record.out) as { heads: number }).heads).toBeGreaterThanOrEqual(6);
});
