import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { ADDED_ON_READ } from '#sources';
import { ROOT } from '../support/fixture';

/** The command against the server, each in a process of its own, as people run them. */

// Several processes a test, each of which loads the whole program.
jest.setTimeout(60_000);

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'crisis-log-import-'));
const EXAMPLES = join(ROOT, 'examples', 'gdelt');

let server: ChildProcess;
let url: string;

beforeAll(async () => {
  // The embedded record, whatever the other tests are run on.
  const { EVENTSTOREDB_URL: _none, ...rest } = process.env;
  const env = { ...rest, PORT: '0', DATA_DIR: join(folder, 'data') };
  server = spawn(process.execPath, [join(ROOT, 'bin', 'crisis-log-server.js')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  url = await new Promise<string>((resolve, reject) => {
    server.once('exit', () => reject(new Error('the server did not start')));
    server.stdout!.on('data', (text: Buffer) => {
      const found = /listening on (http:\/\/\S+)/.exec(text.toString())?.[1];
      if (found !== undefined) resolve(found);
    });
  });
});

afterAll(async () => {
  const exited = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await exited;
  rmSync(folder, { recursive: true });
});

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const crisisLog = async (...words: string[]): Promise<Outcome> => {
  const env = { ...process.env, CRISIS_LOG_URL: url };
  try {
    return { code: 0, ...(await run(process.execPath, [join(ROOT, 'bin', 'crisis-log.js'), ...words], { env })) };
  } catch (error) {
    return error as Outcome;
  }
};

const report = async (...words: string[]) => {
  const { code, stdout, stderr } = await crisisLog('import', ...words, '--json');
  if (stdout === '') throw new Error(stderr);
  return { code, ...(JSON.parse(stdout) as { readonly stored: Readonly<Record<string, number>> }) };
};

const total = ({ stored = {} }: { stored?: Readonly<Record<string, number>> }): number =>
  Object.values(stored).reduce((sum, count) => sum + count, 0);

const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const opened = async (crisisId: string): Promise<string> => {
  const opening = JSON.parse(readFileSync(join(EXAMPLES, 'crisis.ndjson'), 'utf8')) as object;
  const { status } = await fetch(`${url}/v1/crises`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ crisisId, ...opening }),
  });
  expect(status).toBe(201);
  return crisisId;
};

const SLICE = {
  OfficialStatementIssued: 51,
  MediationContactReported: 45,
  StrikeReported: 23,
  MultilateralEngagementReported: 6,
  ConfidenceBuildingMeasureReported: 4,
  SanctionsStatementIssued: 1,
};

describe('the GDELT slice', () => {
  const slice = join(EXAMPLES, 'events.csv');

  test('is stored once, however often it is imported', async () => {
    const crisis = await opened('gdelt-twice');
    const words = ['gdelt', slice, '--crisis', crisis, '--about', 'IRN'];
    expect(await report(...words)).toMatchObject({
      code: 0,
      read: 599,
      stored: SLICE,
      joined: 4,
      alreadyImported: 0,
      refused: {},
    });
    expect(await report(...words)).toMatchObject({
      code: 0,
      read: 599,
      stored: {},
      joined: 4,
      alreadyImported: 130,
      refused: {},
    });
  });

  test('that was imported in part is completed, from gzip too', async () => {
    const crisis = await opened('gdelt-parts');
    const rows = readFileSync(slice, 'utf8').split('\n');
    const half = file('half.csv', rows.slice(0, 300).join('\n'));
    const whole = file('whole.gz', gzipSync(rows.join('\n')));
    const first = total(await report('gdelt', half, '--crisis', crisis, '--about', 'IRN'));
    const second = await report('gdelt', whole, '--crisis', crisis, '--about', 'IRN');
    expect(first).toBeGreaterThan(0);
    expect(second).toMatchObject({ alreadyImported: first });
    expect(first + total(second)).toBe(130);
  });

  test('with other content in some rows leaves them, or corrects them on demand, once', async () => {
    const crisis = await opened('gdelt-changed');
    const changed = file('changed.csv', readFileSync(slice, 'utf8').replaceAll('TEHRAN', 'TEHRAN CITY'));
    await report('gdelt', slice, '--crisis', crisis, '--about', 'IRN');
    const words = ['gdelt', changed, '--crisis', crisis, '--about', 'IRN'];
    expect(await report(...words)).toMatchObject({
      code: 0,
      stored: {},
      alreadyImported: 124,
      differing: 6,
      replaced: 0,
    });
    for (const _ of ['now', 'again'])
      expect(await report(...words, '--replace')).toMatchObject({
        code: 0,
        alreadyImported: 124,
        differing: 0,
        replaced: 6,
      });
    const { stdout } = await crisisLog('export', '--crisis', crisis);
    expect(stdout.match(/"type":"EventCorrected"/g)).toHaveLength(6);
  });

  test('of a dry run is counted and not sent', async () => {
    const crisis = await opened('gdelt-dry');
    const words = ['gdelt', slice, '--crisis', crisis, '--about', 'IRN', '--dry-run'];
    expect(await report(...words)).toMatchObject({ code: 0, events: SLICE, stored: {} });
    expect((await crisisLog('export', '--crisis', crisis)).stdout.trim().split('\n')).toHaveLength(1);
  });

  test('is about the first side unless told otherwise', async () => {
    const crisis = await opened('gdelt-about');
    const { stored } = (await report('gdelt', slice, '--crisis', crisis)) as unknown as {
      stored: Record<string, number>;
    };
    expect(stored).not.toEqual(SLICE);
    expect(Object.keys(stored)).toContain('StrikeReported');
  });
});

describe('an export', () => {
  const lines = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => Object.entries(JSON.parse(line) as object).filter(([name]) => !ADDED_ON_READ.includes(name)))
      .map((members) => Object.fromEntries(members) as object);

  test('imported elsewhere is the same log, and imported again is there already', async () => {
    const crisis = await opened('origin');
    await report('gdelt', join(EXAMPLES, 'events.csv'), '--crisis', crisis, '--about', 'IRN');
    const out = join(folder, 'origin.ndjson');
    await crisisLog('export', '--crisis', crisis, '--out', out);
    expect(await report('ndjson', out, '--crisis', 'copy')).toMatchObject({
      code: 0,
      read: 131,
      stored: { ...SLICE, CrisisOpened: 1 },
    });
    expect(await report('ndjson', out, '--crisis', crisis)).toMatchObject({
      code: 0,
      stored: {},
      alreadyImported: 131,
    });
    const copy = await crisisLog('export', '--crisis', 'copy');
    expect(lines(copy.stdout)).toEqual(lines(readFileSync(out, 'utf8')));
  });
});

describe('exit codes', () => {
  test('1: a row is refused, and the ones beside it are stored', async () => {
    const crisis = await opened('refused');
    const good =
      '{"type":"OfficialStatementIssued","occurredAt":"2025-06-13T00:00:00Z","cameoCode":"010","actors":[{"code":"IRN"}]}';
    const bad = good.replace('010', '195');
    expect(
      await report('ndjson', file('bad.ndjson', [good, bad, 'nonsense', good].join('\n')), '--crisis', crisis),
    ).toMatchObject({
      code: 1,
      read: 4,
      stored: { OfficialStatementIssued: 2 },
      refused: { 'not a JSON object': 1 },
    });
  });

  test.each([
    ['no such crisis', ['import', 'gdelt', join(EXAMPLES, 'events.csv'), '--crisis', 'nowhere']],
    [
      'no such crisis to write lines to',
      ['import', 'ndjson', file('x.ndjson', '{"type":"CrisisClosed"}'), '--crisis', 'nowhere'],
    ],
    ['no such crisis to export', ['export', '--crisis', 'nowhere']],
    ['no such file', ['import', 'gdelt', join(folder, 'none.csv'), '--crisis', 'us-iran']],
    ['no such format', ['import', 'acled', join(EXAMPLES, 'events.csv'), '--crisis', 'us-iran']],
    ['a file of another format', ['import', 'icews', join(EXAMPLES, 'events.csv'), '--crisis', 'gdelt-twice']],
    ['a bad crisis id', ['import', 'gdelt', join(EXAMPLES, 'events.csv'), '--crisis', 'US Iran']],
    ['no crisis', ['import', 'gdelt', join(EXAMPLES, 'events.csv')]],
    [
      'codes that are none',
      ['import', 'gdelt', join(EXAMPLES, 'events.csv'), '--crisis', 'gdelt-twice', '--about', 'Iran'],
    ],
  ])('2: %s', async (_, words) => {
    const { code, stdout, stderr } = await crisisLog(...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^(crisis-log|error): /);
  });
});
