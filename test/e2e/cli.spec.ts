import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AS_OUTSIDE, cli, type CliRun } from '../support/cli';
import { ROOT } from '../support/fixture';

const CLI = `'${process.execPath}' '${join(ROOT, 'bin', 'crisis-log.js')}'`;

test.each(['--help', 'verify --help', '--version'])('%s is quiet where nobody reads on', async (command) => {
  const printed = await new Promise((resolve) =>
    execFile('sh', ['-c', `{ ${CLI} ${command}; echo "code $?" >&2; } | true`], (_error, out, err) =>
      resolve([out, err]),
    ),
  );
  expect(printed).toEqual(['', 'code 0\n']);
});

const folder = mkdtempSync(join(tmpdir(), 'crisis-log-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each(['keys list', 'setup --user x', 'copy --back --data-dir new'])(
  '%s: an EventStoreDB that is not there is told in a line, and by the exit code',
  async (command) => {
    const args = command.split(' ').map((word) => (word === 'new' ? join(folder, 'new') : word));
    expect(await cli(args, { EVENTSTOREDB_URL: 'esdb://127.0.0.1:1?tls=false' })).toMatchObject({
      code: 3,
      out: '',
      err: expect.stringMatching(/^crisis-log: EventStoreDB cannot be used now \(.*ECONNREFUSED.*\n$/),
    });
  },
);
const inFolder = (name: string) => join(folder, name);

test('what the command line lacks is told in one line: keys in a folder without a log, a command, a way to a file', async () => {
  expect(await cli(['keys', 'list', '--data-dir', inFolder('nowhere')])).toEqual({
    code: 2,
    out: '',
    err: `crisis-log: there is no log in ${inFolder('nowhere')}: no log.sqlite is there\n`,
  });
  expect(await cli(['expotr'])).toMatchObject({ code: 2, err: expect.stringMatching(/Did you mean export.*--help/s) });
  await cli(['keys', 'init', '--data-dir', inFolder('data'), '--recovery', inFolder('recovery.key')]);
  writeFileSync(inFolder('file'), '');
  const backup = await cli(['backup', inFolder('file/x'), '--data-dir', inFolder('data')]);
  expect(backup).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^crisis-log: the system refuses: ENOTDIR.*file\/x.*\n$/),
  });
  const list = await cli(['keys', 'list', '--data-dir', inFolder('data')]);
  expect(list).toMatchObject({ code: 0, out: '', err: expect.stringMatching(/there are no keys yet/) });
});

test('of an import, a file that is none, or none of its kind, is told in one line', async () => {
  const told = async (...args: string[]) => cli(['import', 'gdelt', ...args, '--crisis', 'us-iran', '--dry-run']);
  writeFileSync(inFolder('rows'), '');
  for (const frame of ['not JSON', '{"sides":[1]}', '{}', 'null']) {
    writeFileSync(inFolder('frame'), frame);
    expect(await told(inFolder('rows'), '--frame', inFolder('frame'))).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^crisis-log: .*frame is no frame of a crisis: .*\n$/s),
    });
  }
  for (const file of [inFolder('none'), folder])
    expect(await told(file)).toMatchObject({ code: 2, err: expect.stringMatching(/^crisis-log: cannot read .*\n$/) });
});

describe('an answer that breaks off', () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' }).write('{"eventId":"a"}\n');
    setTimeout(() => response.destroy(), 50);
  });
  let from: string[];
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    from = ['--crisis', 'us-iran', '--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`];
  });
  afterAll(() => server.close());
  const ends = (err: RegExp) => ({ code: 3, err: expect.stringMatching(err) });

  test('makes no whole export, which says so', async () => {
    for (const more of [[], ['--out', inFolder('whole')]])
      expect(await cli(['export', ...from, ...more])).toMatchObject(ends(/^crisis-log: the answer broke off.*\n$/));
    expect(existsSync(inFolder('whole'))).toBe(false);
  });

  test('says nothing of the record', async () => {
    expect(await cli(['replay', ...from])).toMatchObject(ends(/crisis-log: the server gives no answer: .*\n$/));
  });
});

test('a file of heads that is not there, or is another file, is not taken for one that agrees', async () => {
  const args = ['--data-dir', inFolder('data'), '--heads', inFolder('hedas')];
  for (const command of [['verify', '--record'], ['rebuild']])
    expect(await cli([...command, ...args])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/cannot read .*hedas/),
    });
  writeFileSync(inFolder('hedas'), 'a key, without a line end');
  expect(await cli(['rebuild', ...args])).toMatchObject({ code: 1, out: expect.stringMatching(/^REFUSED: .*hedas/) });
  expect(readFileSync(inFolder('hedas'), 'utf8')).toBe('a key, without a line end');
});

test('a restore that is refused leaves nothing, so that the right one works next', async () => {
  const data = inFolder('kept');
  await cli(['keys', 'init', '--data-dir', data, '--recovery', inFolder('kept.key')]);
  await cli(['backup', inFolder('saved'), '--data-dir', data]);
  writeFileSync(inFolder('heads'), '');
  const restore = (...more: string[]) => cli(['restore', inFolder('saved'), '--data-dir', inFolder('again'), ...more]);
  const wrongFile = await restore('--heads', join(ROOT, 'README.md'));
  expect(wrongFile).toMatchObject({ code: 1, err: expect.stringMatching(/^crisis-log: refused: .*README\.md/) });
  const noKey = await restore('--heads', inFolder('heads'), '--accept-loss', '--recovery', inFolder('no.key'));
  expect(noKey).toMatchObject({ code: 1, err: expect.stringMatching(/^crisis-log: .*no\.key.*\n$/) });
  expect(await restore('--heads', inFolder('heads'))).toMatchObject({ code: 0, err: '' });
});

describe('an installation that is not whole says so', () => {
  const run = (script: string): Promise<CliRun> =>
    new Promise((resolve) =>
      execFile(process.execPath, ['-e', script], { env: AS_OUTSIDE }, (error, out, err) =>
        resolve({ code: (error?.code as number | undefined) ?? 0, out, err }),
      ),
    );
  const LOAD = `require('${join(ROOT, 'bin/load.js')}')`;

  test('on another Node', async () => {
    const script = `Object.defineProperty(process.versions, 'node', { value: '20.20.2' }); ${LOAD}('crisis-log', 'x.js');`;
    expect(await run(script)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^crisis-log: this is Node 20\.20\.2, and 24 is needed; .*\n$/),
    });
  });

  test.each([
    ['not built', undefined, /^crisis-log: not built yet: run "npm run build" first\.\n$/],
    ['without a package', `require('commander')`, /^crisis-log: a part is missing; .*'commander'\n$/],
    [
      'without a part that comes later',
      `exports.ended = import('./gone.js')`,
      /^crisis-log: a part is missing; .*gone\.js.*\n$/,
    ],
  ])('%s', async (_name, main, told) => {
    const home = mkdtempSync(join(folder, 'home-'));
    cpSync(join(ROOT, 'bin'), join(home, 'bin'), { recursive: true });
    mkdirSync(join(home, 'dist'));
    if (main !== undefined) writeFileSync(join(home, 'dist/main.js'), main);
    const script = `require('${join(home, 'bin/load.js')}')('crisis-log', 'main.js');`;
    expect(await run(script)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(told) });
  });
});
