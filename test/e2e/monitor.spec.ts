import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteLog } from '#event-log';
import { initKeys } from '#notary';
import { opening, strike } from '../support/elements';
import { ROOT } from '../support/fixture';
import { type ServerProcess, spawnServer } from '../support/server-process';

// A monitor with a file of its own, against a server whose keeper may do anything to its folder.

jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), 'crisis-log-monitor-'));
const dataDir = join(folder, 'data');
const earlier = join(folder, 'earlier');
const vkey = join(folder, 'log.vkey');
let server: ServerProcess;

beforeAll(async () => {
  const log = await openSqliteLog({ dataDir, instance: 'i', build: 'b', origin: 'log.example' });
  await initKeys(dataDir, 'log.example', join(folder, 'recovery.key'));
  await log.close();
  cpSync(join(dataDir, 'log.vkey'), vkey);
  server = await spawnServer(dataDir);
  await post('/v1/crises', opening('watched'));
  await post('/v1/crises/watched/events', strike());
});
afterAll(async () => {
  await server.drain();
  rmSync(folder, { recursive: true });
});

async function post(path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  expect([answer.status, await answer.text()]).toEqual([201, expect.any(String)]);
}

interface Round {
  readonly code: number;
  readonly out: string;
}

/** The command, once, with the heads of a file. */
const monitor = (heads: string, ...flags: string[]): Promise<Round> =>
  new Promise((resolve) => {
    const args = ['monitor', '--key', vkey, '--heads', join(folder, heads), '--url', server.url, ...flags];
    execFile(process.execPath, [join(ROOT, 'bin', 'crisis-log.js'), ...args], (error, stdout, stderr) =>
      resolve({ code: (error?.code as number | undefined) ?? 0, out: stdout + stderr }),
    );
  });

/** The server again, from what a folder was. */
async function startAgainWith(copy: string): Promise<void> {
  await server.drain();
  rmSync(dataDir, { recursive: true });
  cpSync(copy, dataDir, { recursive: true });
  server = await spawnServer(dataDir);
}

test('heads that extend each other are consistent, and each round starts from the last', async () => {
  expect(await monitor('seen')).toEqual({ code: 0, out: 'consistent: 0 events, now 2\n' });
  await server.drain();
  cpSync(dataDir, earlier, { recursive: true });
  server = await spawnServer(dataDir);
  await post('/v1/crises/watched/events', strike());
  const { code, out } = await monitor('seen', '--json');
  expect([code, JSON.parse(out)]).toEqual([0, { consistent: true, before: 2, size: 3, said: [] }]);
  expect((await monitor('seen')).out).toBe('consistent: 3 events, now 3\n');
});

test('a log that stands still for too long is refused, if that was asked for', async () => {
  const { code, out } = await monitor('seen', '--max-age', '0.001');
  expect([code, out]).toEqual([1, expect.stringMatching(/^REFUSED: head-behind: no new head for/)]);
});

test('a key that the chain does not name is refused', async () => {
  const other = join(folder, 'other');
  const log = await openSqliteLog({ dataDir: other, instance: 'i', build: 'b', origin: 'log.example' });
  await initKeys(other, 'log.example', join(folder, 'other-recovery.key'));
  await log.close();
  const own = readFileSync(vkey);
  writeFileSync(vkey, readFileSync(join(other, 'log.vkey')));
  const [begun, fresh] = [await monitor('seen'), await monitor('fresh')];
  writeFileSync(vkey, own);
  expect([begun, fresh]).toEqual([1, 1].map((code) => ({ code, out: expect.stringMatching(/^REFUSED: signature/) })));
});

test('a folder that was rolled back is refused, and also when it has grown past what was seen', async () => {
  await startAgainWith(earlier);
  expect(await monitor('seen')).toEqual({ code: 1, out: expect.stringMatching(/^REFUSED: head-behind/) });
  for (let i = 0; i < 3; i++) {
    await post('/v1/crises/watched/events', strike());
    // Each a head of its own.
    await fetch(`${server.url}/v1/audit/tree-head`);
  }
  expect(await monitor('seen')).toEqual({ code: 1, out: expect.stringMatching(/^REFUSED: /) });
  // To whoever saw only the beginning it is consistent: two monitors find it out by comparing.
  expect((await monitor('another')).code).toBe(0);
});

test('a server that does not answer is no contradiction', async () => {
  const args = ['--url', 'http://127.0.0.1:9'];
  expect((await monitor('seen', ...args)).code).toBe(3);
});

test.each(['It works!', '{}', 'null', '{"revision":1,"note":"x","statements":[null]}'])(
  'nor is something else that answers in its place: %s',
  async (body) => {
    const other = createServer((_request, response) => response.end(body)).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const round = await monitor('seen', '--url', `http://127.0.0.1:${(other.address() as AddressInfo).port}`);
    other.close();
    expect(round).toEqual({ code: 3, out: expect.stringMatching(/^crisis-log: what answers there is no crisis log/) });
  },
);

test('a file that no monitor wrote is wrong usage', async () => {
  writeFileSync(join(folder, 'letter'), 'Dear auditor,\n');
  expect(await monitor('letter')).toEqual({ code: 2, out: expect.stringMatching(/is no file of heads/) });
});
