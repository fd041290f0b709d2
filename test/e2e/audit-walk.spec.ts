import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { cli } from '../support/cli';
import { contact } from '../support/elements';
import { exampleLines } from '../support/example-crisis';
import { ROOT } from '../support/fixture';
import { type RunningServer, startTestServer } from '../support/running-server';

// docs/audit.md, command by command as it stands there, from a folder without keys; then each command once more for
// what it prints and how it ends.

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'crisis-log-walk-'));
const inFolder = (name: string) => join(folder, name);
const SPLIT = '2025-06-14T12:00:00Z';
let now = Date.parse(SPLIT);
let server: RunningServer;

const blocks = [...readFileSync(join(ROOT, 'docs', 'audit.md'), 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)];
/** The shell block that holds this command, run to its first failure. */
const walk = (command: string): Promise<{ code: number; out: string }> =>
  new Promise((resolve) => {
    const script = blocks.map(([, text]) => text!).find((text) => text.includes(`npx crisis-log ${command}`));
    const PATH = `${inFolder('bin')}${delimiter}${process.env['PATH']}`;
    const env = { PATH, ...(server && { CRISIS_LOG_URL: server.url }) };
    execFile('sh', ['-ec', script!], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: (error?.code as number | undefined) ?? 0, out: stdout + stderr }),
    );
  });

async function post(path: string, type: string, body: string): Promise<string> {
  const answer = await fetch(server.url + path, { method: 'POST', headers: { 'content-type': type }, body });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.text();
}

beforeAll(async () => {
  mkdirSync(inFolder('bin'));
  const npx = `#!/bin/sh\nshift\nexec '${process.execPath}' '${join(ROOT, 'bin', 'crisis-log.js')}' "$@"\n`;
  writeFileSync(inFolder('bin/npx'), npx);
  chmodSync(inFolder('bin/npx'), 0o755);
  server = await startTestServer(() => now, {
    env: { HEADS_FILE: inFolder('heads') },
    async prepare(dataDir) {
      symlinkSync(dataDir, inFolder('data'));
      expect(await walk('keys init')).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^Public keys, for auditors/),
      });
    },
  });
  // What was known on the 14th, and what came later.
  const [opening, ...lines] = exampleLines();
  await post(
    '/v1/crises',
    'application/json',
    JSON.stringify({ crisisId: 'us-iran', ...(JSON.parse(opening!) as object) }),
  );
  const split = lines.findIndex((line) => (JSON.parse(line) as { occurredAt: string }).occurredAt > SPLIT);
  await post('/v1/crises/us-iran/events', 'application/x-ndjson', lines.slice(0, split).join('\n'));
  now = Date.parse('2026-03-01T00:00:00Z');
  await post('/v1/crises/us-iran/events', 'application/x-ndjson', lines.slice(split).join('\n'));
  const late = contact({ occurredAt: '2025-06-13T20:00:00Z' });
  await post('/v1/crises/us-iran/events', 'application/json', JSON.stringify(late));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

test('from question to proof', async () => {
  const { code, out } = await walk('replay');
  expect(out).toMatch(/^us-iran at 2025-06-13T23:59:00Z, as known at .*\n {2}risk {4}R 68\.329 .*R 66\.45 /s);
  expect(out).toMatch(/as known at 2026-.*as shown to GREEN at 2026-/s);
  expect(out).toMatch(/ {2}came +[1-9].* {2}corrected +[1-9]/s);
  expect(out.match(/^VERIFIED: /gm)).toHaveLength(2);
  expect(code).toBe(0);
});

test('watching from outside', async () => {
  expect(await walk('monitor')).toMatchObject({
    code: 0,
    out: expect.stringMatching(
      /^consistent: 0 events, now \d+\nVERIFIED: us-iran .*seen +this head was the last one seen/s,
    ),
  });
});

describe('each command', () => {
  const url = (): string[] => ['--url', server.url];
  const AT = ['--crisis', 'us-iran', '--at', '2025-06-13T23:59:00Z'];
  const json = (text: string): unknown => JSON.parse(text);

  test('replay and diff: as JSON; a crisis that is not there; a server that is not', async () => {
    const views = { risk: expect.anything(), status: expect.anything() };
    const replayed = await cli(['replay', ...AT, ...url(), '--json']);
    expect([replayed.code, json(replayed.out)]).toEqual([0, expect.objectContaining({ crisisId: 'us-iran', views })]);
    const compared = await cli(['diff', ...AT, '--as-of-a', '2025-06-14T23:59:00Z', ...url(), '--json']);
    expect([compared.code, json(compared.out)]).toMatchObject([0, { crisisId: 'us-iran', events: { retracted: [] } }]);
    for (const command of ['replay', 'diff']) {
      const nowhere = await cli([command, '--crisis', 'nowhere', '--at', '2025-06-13T23:59:00Z', ...url()]);
      expect(nowhere).toMatchObject({ code: 2, err: expect.stringMatching(/the server answers .*nowhere/) });
      expect(await cli([command, ...url()])).toMatchObject({ code: 2, err: expect.stringMatching(/--crisis/) });
    }
  });

  test('verify: as JSON, refused, wrong usage', async () => {
    const args = ['verify', inFolder('bundle.ndjson'), '--key', inFolder('log.vkey')];
    const verified = await cli([...args, '--json']);
    expect([verified.code, json(verified.out)]).toMatchObject([0, { crisis: 'us-iran', epoch: 0, foreign: 0 }]);
    const lines = readFileSync(inFolder('bundle.ndjson'), 'utf8').split('\n');
    writeFileSync(inFolder('forged.ndjson'), lines.toSpliced(5, 1).join('\n'));
    const forged = ['verify', inFolder('forged.ndjson'), '--key', inFolder('log.vkey')];
    expect(await cli(forged)).toMatchObject({ code: 1, out: expect.stringMatching(/^REFUSED: revision-gap/) });
    expect(json((await cli([...forged, '--json'])).out)).toMatchObject({ refused: 'revision-gap', revision: 5 });
    for (const wrong of [['verify'], ['verify', 'x'], ['verify', '--record', 'x'], ['verify', '--nonsense']])
      expect([wrong, (await cli(wrong)).code]).toEqual([wrong, 2]);
  });

  test('verify --record: as JSON, no log there', async () => {
    const record = await cli(['verify', '--record', '--data-dir', server.dataDir, '--json']);
    expect([record.code, json(record.out)]).toMatchObject([0, { epoch: 0, root: expect.stringMatching(/=$/) }]);
    expect((await cli(['verify', '--record', '--data-dir', '/nowhere'])).code).toBe(2);
  });

  test('export: what it writes is the crisis', async () => {
    const { code, out } = await cli(['export', '--crisis', 'us-iran', ...url()]);
    const lines = out.trimEnd().split('\n').map(json);
    expect([code, lines[0]]).toEqual([0, expect.objectContaining({ type: 'CrisisOpened' })]);
    expect(lines).toHaveLength(exampleLines().length + 1);
    const file = await cli(['export', '--crisis', 'us-iran', '--out', inFolder('us-iran.ndjson'), ...url()]);
    expect([file, readFileSync(inFolder('us-iran.ndjson'), 'utf8')]).toEqual([{ code: 0, out: '', err: '' }, out]);
    const nowhere = await cli(['export', '--crisis', 'us-iran', '--out', inFolder('no/where'), ...url()]);
    expect(nowhere).toMatchObject({ code: 2, err: expect.stringMatching(/cannot write .*no\/where/) });
  });

  test('keys init: while the server runs, and again', async () => {
    const args = ['keys', 'init', '--data-dir', server.dataDir, '--recovery', inFolder('other.key')];
    expect(await cli(args)).toMatchObject({ code: 1, err: expect.stringMatching(/held by a running log/) });
  });

  test('every --help has the exit codes', async () => {
    for (const command of ['verify', 'monitor', 'keys rotate', 'heads disown', 'import'])
      expect((await cli([...command.split(' '), '--help'])).out).toMatch(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 /);
  });
});

test('backup, restore and rebuild', async () => {
  const { code, out } = await walk('backup');
  expect(out.match(/^VERIFIED: /gm)).toHaveLength(2);
  expect(out).toMatch(/^Restored \d+ events to .*again; epoch 0\.$/m);
  expect(out).toContain('rebuilt     the tree and the views');
  expect(code).toBe(0);
  // Neither over what is there.
  expect(await walk('backup')).toMatchObject({ code: 2, out: expect.stringMatching(/saved is there already/) });
  const restore = ['restore', inFolder('saved'), '--data-dir', inFolder('again'), '--heads', inFolder('heads')];
  expect(await cli(restore)).toMatchObject({ code: 2, err: expect.stringMatching(/again is not empty/) });
});
