import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openReader, openSqliteLog } from '#event-log';
import { initKeys, LedgerStore } from '#notary';
import { verifyConsistency } from '../../libs/ledger/src/proofs';
import { opening, strike } from '../support/elements';
import { spawnServer } from '../support/server-process';

// SIGKILL as soon as appends are acknowledged: the log is durable, and its tree is behind it.

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'crisis-log-kill-notary-'));
const dataDir = join(folder, 'data');
const ROUNDS = 3;
const EVENTS = 1_500;
beforeAll(async () => {
  const log = await openSqliteLog({ dataDir, instance: 'i', build: 'b', origin: 'log.example' });
  await initKeys(dataDir, 'log.example', join(folder, 'recovery.key'));
  await log.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const serve = () => spawnServer(dataDir, { HEADS_FILE: join(folder, 'heads') });
const send = (url: string, type: string, body: string): Promise<string> =>
  fetch(url, { method: 'POST', headers: { 'content-type': type }, body }).then((answer) => answer.text());

/** How far log and tree have come in the folder. */
function sizes(): { log: number; tree: number } {
  // A copy: whoever reads must not tidy up what the crash left.
  const at = join(folder, 'copy');
  cpSync(dataDir, at, { recursive: true });
  const reader = openReader(at);
  const store = LedgerStore.open(at);
  const found = { log: reader.head() + 1, tree: store.size };
  store.close();
  reader.close();
  rmSync(at, { recursive: true });
  return found;
}

test('what was acknowledged before the kill is in the next head, which extends the one before', async () => {
  let server = await serve();
  await send(`${server.url}/v1/crises`, 'application/json', JSON.stringify(opening('killed')));
  let before = (await (await fetch(`${server.url}/v1/audit/tree-head`)).json()) as { size: number; root: string };
  let wasBehind = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const lines = Array.from({ length: EVENTS }, () => `${JSON.stringify(strike())}\n`).join('');
    const results = await send(`${server.url}/v1/crises/killed/events`, 'application/x-ndjson', lines);
    expect(results.match(/"status":201/g)).toHaveLength(EVENTS);
    await server.kill();
    const { log, tree } = sizes();
    expect(log).toBe(before.size + EVENTS);
    if (tree < log) wasBehind++;
    server = await serve();
    const after = (await (await fetch(`${server.url}/v1/audit/tree-head`)).json()) as typeof before;
    expect(after.size).toBe(log);
    const query = `from=${before.size}&to=${after.size}`;
    const { proof } = (await (await fetch(`${server.url}/v1/audit/proofs/consistency?${query}`)).json()) as {
      proof: string[];
    };
    const bytes = (hash: string): Uint8Array => Buffer.from(hash, 'base64');
    verifyConsistency(before.size, bytes(before.root), after.size, bytes(after.root), proof.map(bytes));
    before = after;
  }
  expect(wasBehind).toBeGreaterThan(0);
  expect(await server.drain()).toBe(0);
});
