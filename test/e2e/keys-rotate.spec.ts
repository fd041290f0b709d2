import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { formatVerifierKey, parseSigningKey, signingKey, signKeys } from '#ledger';
import { HeadsFile, LedgerStore, readSecretKey, readVerifierKeys } from '#notary';
import { beginChain } from '../../libs/ledger/src/head-chain';
import { cli, type CliRun } from '../support/cli';
import { opening, strike } from '../support/elements';
import { type ServerProcess, spawnServer } from '../support/server-process';
import { askHead, send, type SignedFolder, signedFolder } from '../support/signed-folder';

jest.setTimeout(120_000);

let at: SignedFolder;
let server: ServerProcess;
/** The public keys as auditors were given them at first, and the signing key as it was then. */
let given: string;
let firstKey: string;

const inFolder = (name: string) => join(at.folder, name);
const inData = (name: string) => join(at.dataDir, name);
const rotate = (...flags: string[]): Promise<CliRun> =>
  cli(['keys', 'rotate', '--data-dir', at.dataDir, '--heads', at.heads, ...flags]);
const monitor = (heads: string, key: string): Promise<CliRun> =>
  cli(['monitor', '--key', key, '--heads', inFolder(heads), '--url', server.url]);
const verify = (bundle: string, key: string): Promise<CliRun> => cli(['verify', inFolder(bundle), '--key', key]);
const signingVkey = (): string => formatVerifierKey(readSecretKey(inData('signing.key')));

async function keepBundle(name: string): Promise<string[]> {
  const text = await (await fetch(`${server.url}/v1/audit/bundle?crisis=kept`)).text();
  writeFileSync(inFolder(name), text);
  return text.trimEnd().split('\n');
}

beforeAll(async () => {
  at = await signedFolder();
  given = inFolder('given.vkey');
  firstKey = inFolder('first.key');
  cpSync(inData('log.vkey'), given);
  cpSync(inData('signing.key'), firstKey);
  server = await at.serve();
  await send(`${server.url}/v1/crises`, opening('kept'));
  await send(`${server.url}/v1/crises/kept/events`, strike());
  await askHead(server);
  await keepBundle('before.ndjson');
  expect(await monitor('seen', given)).toMatchObject({ code: 0 });
});
afterAll(async () => {
  if (server.process.exitCode === null) await server.drain();
  rmSync(at.folder, { recursive: true });
});

test('while the server runs its key stays', async () => {
  expect(await rotate()).toMatchObject({ code: 1, err: expect.stringMatching(/refused: .*held by a running log/) });
});

test('the new key signs, and what auditors hold verifies as before', async () => {
  await server.drain();
  const before = signingVkey();
  const { code, out } = await rotate();
  expect([code, signingVkey() === before]).toEqual([0, false]);
  expect(out).toContain(signingVkey());
  expect(statSync(inData('signing.key')).mode & 0o077).toBe(0);
  expect(readVerifierKeys(inData('log.vkey'))).toEqual([readVerifierKeys(given)[1]]);

  server = await at.serve();
  expect((await askHead(server)).keys).toEqual([signingVkey()]);
  // Before the new key has signed anything: the head that stands is the old key's, and stays good.
  for (const [heads, key] of [
    ['seen', given],
    ['seen', given],
    ['fresh', inData('log.vkey')],
  ] as const)
    expect(await monitor(heads, key)).toMatchObject({ code: 0, out: expect.stringMatching(/^consistent: /) });
  await send(`${server.url}/v1/crises/kept/events`, strike());
  const { size } = await askHead(server);
  expect((await monitor('seen', given)).out).toBe(`consistent: ${size - 1} events, now ${size}\n`);
  await keepBundle('after.ndjson');
  for (const [bundle, key] of [
    ['before.ndjson', given],
    ['after.ndjson', given],
    ['after.ndjson', inData('log.vkey')],
  ] as const)
    expect([bundle, await verify(bundle, key)]).toEqual([bundle, expect.objectContaining({ code: 0 })]);
  const record = await cli(['verify', '--record', '--data-dir', at.dataDir, '--heads', at.heads, '--key', given]);
  expect(record).toMatchObject({ code: 0, out: expect.stringMatching(/^VERIFIED/) });
});

describe('what the chain does not allow is refused:', () => {
  const changed = (change: (lines: string[]) => string[]): Promise<CliRun> => {
    const lines = readFileSync(inFolder('after.ndjson'), 'utf8').trimEnd().split('\n');
    writeFileSync(inFolder('forged.ndjson'), `${change(lines).join('\n')}\n`);
    return verify('forged.ndjson', given);
  };
  const kindOf = (line: string) => JSON.parse(line) as { kind: string; revision?: number };

  test('a bundle that leaves the change of keys out', async () => {
    const { code, out } = await changed((lines) => lines.slice(0, -1));
    expect([code, out]).toEqual([1, expect.stringMatching(/^REFUSED: signature-unknown/)]);
  });

  test('the bundle of before under the keys of after: the old key makes no new bundles', async () => {
    const rotation = readFileSync(inFolder('after.ndjson'), 'utf8').trimEnd().split('\n').at(-1)!;
    expect(kindOf(rotation)).toMatchObject({ kind: 'entry' });
    const old = readFileSync(inFolder('before.ndjson'), 'utf8');
    writeFileSync(inFolder('forged.ndjson'), `${old}${rotation}\n`);
    expect(await verify('forged.ndjson', given)).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^REFUSED: signature-unknown/),
    });
  });

  test('an auditor who trusts the retired key alone is not led to the new one by it; a stranger is nobody', async () => {
    writeFileSync(inFolder('stranger.vkey'), `${formatVerifierKey(signingKey('log.example', Buffer.alloc(32, 7)))}\n`);
    expect(await verify('after.ndjson', inFolder('stranger.vkey'))).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^REFUSED: signature-unknown/),
    });
  });

  test('the retired key in the place of the new one: the server does not start', async () => {
    await server.drain();
    cpSync(inData('signing.key'), inFolder('second.key'));
    cpSync(firstKey, inData('signing.key'));
    await expect(at.serve()).rejects.toThrow(/signing\.key is not a key that the stream of heads names/);
    cpSync(inFolder('second.key'), inData('signing.key'));
  });

  test('keys that a stranger, or the retired key, names', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'crisis-log-copy-'));
    for (const thief of [
      parseSigningKey(readFileSync(firstKey, 'utf8').trim()),
      signingKey('log.example', Buffer.alloc(32, 7)),
    ]) {
      rmSync(copy, { recursive: true });
      cpSync(at.dataDir, copy, { recursive: true });
      const store = LedgerStore.open(copy);
      const trusted = readVerifierKeys(given);
      const notes = store.notes();
      const chain = { ...beginChain('log.example', trusted, notes[0]!.note), tip: '' };
      const note = signKeys(chain, { signing: [thief], recovery: chain.recovery }, [thief]);
      store.addNote({ revision: notes.length, note });
      store.close();
      const record = await cli(['verify', '--record', '--data-dir', copy, '--key', given]);
      expect(record).toMatchObject({ code: 1, out: expect.stringMatching(/^REFUSED: .*signature-unknown/) });
      await expect(spawnServer(copy)).rejects.toThrow(/signature-unknown/);
    }
    rmSync(copy, { recursive: true });
  });
});

describe('a crash in the middle', () => {
  test('before the statement leaves the key as it was', async () => {
    const key = signingVkey();
    cpSync(firstKey, inData('signing.key.next'));
    server = await at.serve();
    expect((await askHead(server)).keys).toEqual([key]);
    await server.drain();
    expect((await rotate()).code).toBe(0);
    expect(signingVkey()).not.toBe(key);
  });

  test('after the statement is completed at the next start, also where HEADS_FILE lacks it', async () => {
    const old = readFileSync(inData('signing.key'));
    const heads = readFileSync(at.heads);
    expect((await rotate()).code).toBe(0);
    const key = signingVkey();
    renameSync(inData('signing.key'), inData('signing.key.next'));
    writeFileSync(inData('signing.key'), old, { mode: 0o600 });
    writeFileSync(at.heads, heads);
    server = await at.serve();
    await send(`${server.url}/v1/crises/kept/events`, strike());
    expect((await askHead(server)).keys).toEqual([key]);
    expect(signingVkey()).toBe(key);
    expect(await monitor('seen', given)).toMatchObject({ code: 0 });
    await server.drain();
    const db = new DatabaseSync(inData('ledger.sqlite'));
    const { last } = db.prepare('select max(revision) as last from head').get() as { last: number };
    db.close();
    expect(HeadsFile.open(at.heads).notes.at(-1)!.revision).toBe(last);
  });
});

test('where the signing key is lost the recovery key names another', async () => {
  rmSync(inData('signing.key'));
  expect(await rotate()).toMatchObject({ code: 1, err: expect.stringMatching(/has no signing key: say --recovery/) });
  const { code, out } = await rotate('--recovery', at.recovery, '--json');
  expect([code, JSON.parse(out)]).toEqual([0, { signing: signingVkey() }]);
  server = await at.serve();
  await send(`${server.url}/v1/crises/kept/events`, strike());
  expect((await askHead(server)).keys).toEqual([signingVkey()]);
  expect(await monitor('seen', given)).toMatchObject({ code: 0 });
});

describe('the recovery key', () => {
  const next = () => inFolder('next-recovery.key');

  test('is replaced by itself alone', async () => {
    await server.drain();
    for (const [flags, code, err] of [
      [[], 2, /--new-recovery needs --recovery/],
      [['--recovery', inFolder('first.key')], 1, /only the recovery key in use can name another/],
    ] as const) {
      const refused = await rotate('--new-recovery', next(), ...flags);
      expect(refused).toMatchObject({ code, err: expect.stringMatching(err) });
      expect(existsSync(next())).toBe(false);
    }
    const { code, out } = await rotate('--recovery', at.recovery, '--new-recovery', next(), '--json');
    const recovery = formatVerifierKey(readSecretKey(next()));
    expect([code, JSON.parse(out)]).toEqual([0, { signing: signingVkey(), recovery }]);
    expect(statSync(next()).mode & 0o077).toBe(0);
    // Trust begins with a key of the first entry.
    expect(readVerifierKeys(inData('log.vkey'))).toEqual([readVerifierKeys(given)[1]]);
  });

  test('that was replaced rules nothing; the new one does; auditors follow', async () => {
    expect(await rotate('--recovery', at.recovery)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/refused: signature-unknown/),
    });
    expect((await rotate('--recovery', next())).code).toBe(0);
    server = await at.serve();
    await send(`${server.url}/v1/crises/kept/events`, strike());
    expect((await askHead(server)).keys).toEqual([signingVkey()]);
    await keepBundle('last.ndjson');
    for (const key of [given, inData('log.vkey')]) {
      expect(await verify('last.ndjson', key)).toMatchObject({ code: 0 });
      expect(await monitor(key === given ? 'seen' : 'new', key)).toMatchObject({ code: 0 });
    }
    const lines = readFileSync(inFolder('last.ndjson'), 'utf8').trimEnd().split('\n');
    writeFileSync(inFolder('forged.ndjson'), `${lines.toSpliced(-2, 1).join('\n')}\n`);
    expect(await verify('forged.ndjson', given)).toMatchObject({ code: 1 });
  });
});
