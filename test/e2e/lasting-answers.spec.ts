import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { KeyBook } from '#access';
import { openSqliteLog, SystemStream } from '#event-log';
import { initKeys } from '#notary';
import { createKey, revokeKey } from '../../apps/cli/src/keys';
import { opening, strike } from '../support/elements';
import { type RunningServer, startTestServer } from '../support/running-server';

// Answers that are made while they are read: what becomes of one whose reader leaves, never wanted it, or may not have it.

const EVENTS = 400;
/** Of one event; all together more than the buffers of a connection take. */
const SOURCES = Array.from({ length: 24 }, (_, i) => ({
  name: `Agency ${i}`,
  reliability: 'B',
  credibility: 2,
  url: `https://agency.example/${'x'.repeat(1_900)}`,
}));
const EXPORT = '/v1/crises/big/events';
const BUNDLE = '/v1/audit/bundle?crisis=big';
/** As many as the server has open at a time, and some more. */
const LEAVERS = 24;

let server: RunningServer;
let writer: string;
const newKey = (name: string): Promise<string> =>
  createKey(server.dataDir, { name, role: 'auditor', level: 'AMBER', red: ['big'], days: 1 }, Date.now());

beforeAll(async () => {
  server = await startTestServer(undefined, {
    async prepare(dataDir) {
      const log = await openSqliteLog({ dataDir, instance: 'test', build: 'test', origin: 'log.example' });
      await initKeys(dataDir, 'log.example', `${dataDir}/recovery.key`);
      await log.close();
      const flags = { name: 'writer', role: 'analyst', level: 'AMBER', red: ['big'], days: 1 } as const;
      writer = await createKey(dataDir, flags, Date.now());
    },
  });
  await send('/v1/crises', 'application/json', JSON.stringify(opening('big')));
  const events = Array.from({ length: EVENTS }, () => JSON.stringify(strike({ tlp: 'RED', sources: SOURCES })));
  await send(EXPORT, 'application/x-ndjson', events.join('\n'));
});
afterAll(() => server.stop());

async function send(path: string, type: string, body: string): Promise<void> {
  const headers = { 'content-type': type, authorization: `Bearer ${writer}` };
  const answer = await fetch(server.url + path, { method: 'POST', headers, body });
  expect([answer.status, (await answer.text()).includes('problem')]).toEqual([
    type.endsWith('x-ndjson') ? 200 : 201,
    false,
  ]);
}

const headersOf = (key: string) => ({ authorization: `Bearer ${key}`, accept: 'application/x-ndjson' });

/** A key that the server takes. */
async function takenKey(name: string): Promise<string> {
  const key = await newKey(name);
  while ((await fetch(`${server.url}/v1/session`, { headers: headersOf(key) })).status !== 200) await delay(50);
  return key;
}

async function revoke(name: string): Promise<void> {
  const stream = SystemStream.open(server.dataDir, 'crisislog-principals');
  const { keyId } = new KeyBook(stream).list().find((key) => key.name === name)!;
  stream.close();
  await revokeKey(server.dataDir, keyId, Date.now());
}

const pagesReadBy = (name: string): number =>
  readFileSync(`${server.dataDir}-access/test.ndjson`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { who: string; question: { kind: string } })
    .filter(({ who, question }) => who === name && question.kind === 'events').length;

test.each([EXPORT, BUNDLE])('%s breaks off when the credential of its reader ends', async (path) => {
  const name = path === EXPORT ? 'exporter' : 'bundler';
  const key = await takenKey(name);
  const request = http.get(server.url + path, { headers: headersOf(key) });
  const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
  expect(answer.statusCode).toBe(200);
  // What is sent waits in the buffers of the connection, and the rest is not made.
  answer.pause();
  await revoke(name);
  while ((await fetch(`${server.url}/v1/session`, { headers: headersOf(key) })).status !== 401) await delay(50);
  const closed = new Promise((resolve) => answer.once('close', resolve));
  answer.on('error', () => undefined).resume();
  await closed;
  expect(answer.complete).toBe(false);
});

test('of an export whose head only is asked for no more than a page is made', async () => {
  const key = await takenKey('curious');
  const head = await fetch(server.url + EXPORT, { method: 'HEAD', headers: headersOf(key) });
  expect([head.status, head.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
  const all = await (await fetch(server.url + EXPORT, { headers: headersOf(key) })).text();
  expect(all.trimEnd().split('\n')).toHaveLength(EVENTS + 1);
  const whole = pagesReadBy('curious') - 1;
  expect(whole).toBeGreaterThan(1);
  const missing = await fetch(`${server.url}/v1/crises/nowhere/events`, { method: 'HEAD', headers: headersOf(key) });
  expect(missing.status).toBe(404);
  await (await fetch(server.url + EXPORT, { headers: headersOf(key) })).text();
  expect(pagesReadBy('curious')).toBe(1 + 2 * whole);
});

test('bundles that nobody waits for any more are forgotten', async () => {
  const key = await takenKey('hasty');
  for (let i = 0; i < LEAVERS; i++) {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => undefined);
    socket.write(`GET ${BUNDLE} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\n\r\n`);
    await delay(i);
    socket.destroy();
    await delay(20);
  }
  const bundle = await fetch(server.url + BUNDLE, { headers: headersOf(key) });
  expect(bundle.status).toBe(200);
  await bundle.text();
});

test('one principal has a few bundles at a time, and leaves the others to others', async () => {
  const key = await takenKey('greedy');
  const open = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const request = http.get(server.url + BUNDLE, { headers: headersOf(key) });
      const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
      answer.on('error', () => undefined).pause();
      return { answer, request };
    }),
  );
  expect(open.map(({ answer }) => answer.statusCode).sort()).toEqual([200, 200, 200, 200, 200, 429]);
  for (const { request } of open) request.destroy();
});
