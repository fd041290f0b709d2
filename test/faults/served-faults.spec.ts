import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { DescribedApi, type Document } from '../support/described-api';
import { opening, strike } from '../support/elements';
import { random } from '../support/seed';
import { type ServerProcess, spawnServer } from '../support/server-process';
import { askHead, send, signedFolder } from '../support/signed-folder';

// The server as its operator runs it, on a record that was altered while it was stopped, or under it. `altered-record.spec`
// has every kind of change against the checks themselves; here is what a process says, and that it serves nothing.

jest.setTimeout(120_000);

const FLIPS = process.env['LONG'] === '1' ? 60 : 1;
const SEED = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
/** More than the end of the log, 1,000 events, that is looked at whenever it is opened. */
const OLD = 1_100;
const SIGNED = 1_200;
const PAGE_BYTES = 8_192;
let folder: string;
/** As a crash leaves it: the younger events are in the WAL. After an orderly end all are in the file. */
let killed: string;
let drained: string;

beforeAll(async () => {
  const at = await signedFolder();
  folder = at.folder;
  let server = await at.serve();
  await send(`${server.url}/v1/crises`, opening('kept'));
  await fill(server, OLD - 1);
  await askHead(server);
  await server.drain();
  server = await at.serve();
  await fill(server, SIGNED - OLD);
  expect((await askHead(server)).size).toBe(SIGNED);
  await server.kill();
  killed = keep('killed');
  await (await at.serve()).drain();
  drained = keep('drained');

  function keep(name: string): string {
    for (const part of ['data', 'heads']) cpSync(join(folder, part), join(folder, name, part), { recursive: true });
    return join(folder, name);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function fill(server: ServerProcess, count: number): Promise<void> {
  const lines = Array.from({ length: count }, () => JSON.stringify(strike({ tlp: 'CLEAR', summary: 'a report' })));
  const headers = { 'content-type': 'application/x-ndjson' };
  const answer = await fetch(`${server.url}/v1/crises/kept/events`, {
    method: 'POST',
    headers,
    body: lines.join('\n'),
  });
  expect((await answer.text()).trimEnd().split('\n')).toHaveLength(count);
}

/** A copy of a folder, altered. */
function altered(from: string, alter: (at: string) => void): string {
  const at = mkdtempSync(join(folder, 'copy-'));
  cpSync(from, at, { recursive: true });
  alter(at);
  return at;
}

const serve = (at: string): Promise<ServerProcess> => spawnServer(join(at, 'data'), { HEADS_FILE: join(at, 'heads') });

const sql = (file: string, text: string) => (at: string) => {
  const db = new DatabaseSync(join(at, 'data', file), { timeout: 5_000 });
  db.exec(text);
  db.close();
};
const bytes = (file: string, change: (bytes: Buffer) => Buffer) => (at: string) =>
  writeFileSync(join(at, file), change(readFileSync(join(at, file))));
const payload = (position: number) =>
  sql('log.sqlite', `update event set body = replace(body, 'report', 'denial') where position = ${position}`);

/** The cells of all index pages. */
function trashIndexes(file: Buffer): Buffer {
  for (let page = PAGE_BYTES; page < file.length; page += PAGE_BYTES)
    if (file[page] === 0x0a) file.fill(0x5a, page + PAGE_BYTES - 400, page + PAGE_BYTES);
  return file;
}

/** An append of lines that goes on and on: each is answered as it comes. */
function openLines({ url }: ServerProcess) {
  const headers = { 'content-type': 'application/x-ndjson' };
  const request = http.request(`${url}/v1/crises/kept/events`, { method: 'POST', headers });
  const answer = once(request, 'response') as Promise<[http.IncomingMessage]>;
  return {
    async send(element: object): Promise<unknown> {
      request.write(`${JSON.stringify(element)}\n`);
      const [line] = (await once((await answer)[0], 'data')) as [Buffer];
      return JSON.parse(line.toString());
    },
    end: () => request.end(),
  };
}

interface Problem {
  readonly status: number;
  readonly type: string;
  readonly position?: number;
  readonly to?: number;
}

const problemOf = async (url: string): Promise<Problem> => (await (await fetch(url)).json()) as Problem;

/** Waits until it answers with a problem: what is old is recomputed behind the answers. */
async function refusalOf({ url }: ServerProcess): Promise<Problem> {
  for (const end = Date.now() + 60_000; Date.now() < end; await delay(50)) {
    const answer = await problemOf(`${url}/v1/crises/kept/events?limit=1`);
    if (answer.type?.endsWith('record-altered')) return answer;
  }
  throw new Error('it goes on serving');
}

describe('altered while it was stopped, it does not start, says why and ends with 1:', () => {
  test.each<[string, () => string, (at: string) => void, RegExp]>([
    [
      'the end of the log',
      () => drained,
      sql('log.sqlite', `delete from event where position >= ${SIGNED - 5}`),
      new RegExp(`rolled-back at position ${SIGNED - 5} to ${SIGNED - 1}: `),
    ],
    [
      'the log as it was earlier, its WAL taken away',
      () => killed,
      (at) => rmSync(join(at, 'data', 'log.sqlite-wal')),
      new RegExp(`rolled-back at position \\d+ to ${SIGNED - 1}: the log has \\d+ events and had ${SIGNED}`),
    ],
    [
      'a frame of the WAL',
      () => killed,
      bytes('data/log.sqlite-wal', (wal) => wal.fill(0xff, wal.length / 2, wal.length / 2 + 8)),
      /rolled-back at position \d+|SQLite finds|is damaged/,
    ],
    ['an index', () => drained, bytes('data/log.sqlite', trashIndexes), /altered: SQLite finds: |is damaged/],
    [
      'a head in the data folder',
      () => drained,
      sql(
        'ledger.sqlite',
        `update head set note = replace(note, char(10) || '${SIGNED}' || char(10), char(10) || '${SIGNED + 1}' || char(10))`,
      ),
      /without sound heads: HEADS_FILE and the data folder have two entries of revision \d+/,
    ],
    [
      'a line of HEADS_FILE',
      () => drained,
      bytes('heads', (lines) => lines.fill('x', lines.length - 40, lines.length - 30)),
      /without sound heads: (.* has a line that was not written so|HEADS_FILE and the data folder have two entries)/,
    ],
  ])('%s', async (_what, from, alter, reason) => {
    const message = await serve(altered(from(), alter)).then(
      () => 'it serves',
      (error: Error) => error.message,
    );
    expect(message).toMatch(/^the server ended with 1: /);
    expect(message).toMatch(reason);
  });
});

describe('it stops serving, naming the position, once it comes upon', () => {
  test.each<[string, (at: string) => void, number]>([
    ['an old event that was altered while it was stopped', payload(7), 7],
  ])('%s', async (_what, alter, position) => {
    const server = await serve(altered(drained, alter)).catch((error: Error) => error.message);
    // Come upon before it listened.
    if (typeof server === 'string')
      return expect(server).toMatch(new RegExp(`ended with 1: .* altered at position ${position}: `, 's'));
    expect(await refusalOf(server)).toMatchObject({ status: 503, position, to: position });
    expect(await server.drain()).toBe(0);
  });

  test('an event that was altered under it, when it is to be proved', async () => {
    const at = altered(drained, () => undefined);
    const server = await serve(at);
    expect((await fetch(`${server.url}/v1/audit/bundle?crisis=kept`)).status).toBe(200);
    const appending = openLines(server);
    expect(await appending.send(strike())).toMatchObject({ status: 201 });
    payload(31)(at);
    await fetch(`${server.url}/v1/audit/bundle?crisis=kept`).then(
      (answer) => answer.text(),
      () => undefined,
    );
    expect(await refusalOf(server)).toMatchObject({ status: 503, position: 31, to: 31 });
    for (const path of ['/v1/crises', '/v1/audit/tree-head', '/v1/crises/kept/risk'])
      expect([path, await problemOf(server.url + path)]).toMatchObject([path, { status: 503, position: 31 }]);
    expect(await appending.send(strike())).toMatchObject({ status: 503, problem: { position: 31 } });
    // However the address is spelled.
    for (const path of ['/v1/crises/kept/events', '/%761/crises/kept/events'])
      await expect(send(server.url + path, strike())).rejects.toThrow('503');
    appending.end();
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(503);
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    const api = new DescribedApi((await (await fetch(`${server.url}/openapi.json`)).json()) as Document);
    for (const path of ['/health/ready', '/v1/crises', '/v1/audit/tree-head']) {
      const answer = await fetch(server.url + path);
      const described = api.operations.find((its) => its.path === path && its.method === 'GET')!;
      const contentType = answer.headers.get('content-type')!;
      const { status } = answer;
      expect(api.complaintAbout(described, { status, contentType, text: await answer.text() })).toBeUndefined();
    }
    expect(await server.drain()).toBe(0);
  });
});

test('a tree that was altered is made again from the log, under the same head', async () => {
  const zeros = `update tile set hashes = cast(zeroblob(320) || substr(hashes, 321) as blob) where level = 0`;
  const roots = [];
  for (const alter of [() => undefined, sql('ledger.sqlite', zeros)]) {
    const server = await serve(altered(drained, alter));
    roots.push((await askHead(server)).root);
    await server.drain();
  }
  expect(roots[1]).toBe(roots[0]);
});

test(`a flipped bit is refused, or changes nothing that is served (${FLIPS} flips, SEED=${SEED})`, async () => {
  const next = random(SEED);
  const below = (end: number): number => Math.floor(next() * end);
  const sound = await servedBy(drained);
  expect(sound).toHaveLength(1_000);
  for (let i = 0; i < FLIPS; i++) {
    const file = ['data/log.sqlite', 'data/log.sqlite-wal', 'data/ledger.sqlite', 'heads'][i % 4]!;
    const flip = (content: Buffer): Buffer => {
      content[below(content.length)]! ^= 1 << below(8);
      return content;
    };
    const served = await servedBy(altered(file.endsWith('wal') ? killed : drained, bytes(file, flip)));
    if (served !== 'refused') expect([i, file, served]).toEqual([i, file, sound]);
  }
}, 1_200_000);

/** Every event that a server on this folder shows, after it was asked to prove them; `refused` where it serves none. */
async function servedBy(at: string): Promise<unknown[] | 'refused'> {
  let server: ServerProcess;
  try {
    server = await serve(altered(at, () => undefined));
  } catch (error) {
    expect((error as Error).message).toMatch(
      /^the server ended with 1: .*The crisis log (does not serve|cannot start): /s,
    );
    return 'refused';
  }
  try {
    const bundle = await fetch(`${server.url}/v1/audit/bundle?crisis=kept`);
    await bundle.text().catch(() => undefined);
    const answer = await fetch(`${server.url}/v1/crises/kept/events?limit=1000`);
    const { events, type } = (await answer.json()) as { events: unknown[]; type?: string };
    if (answer.status === 503) expect(type).toBe('/problems/record-altered');
    return answer.status === 503 ? 'refused' : events;
  } finally {
    await server.drain();
  }
}
