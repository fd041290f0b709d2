import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { opening, strike } from '../support/elements';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { type ServerProcess, spawnServer } from '../support/server-process';

/** Of T5: what is stored of the views is a cache, what is stored of the token key is not. */
const PAGE_BYTES = 4096;
const VIEW = '/v1/crises/us-iran/risk?at=2026-03-01T00:00:00Z';

let dataDir: string;
let healthy: { digest: string; file: string; bytes: Buffer };

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-damage-'));
  const server = await spawnServer(dataDir);
  const post = (path: string, type: string, body: string) =>
    fetch(server.url + path, { method: 'POST', headers: { 'content-type': type }, body }).then((answer) =>
      answer.text(),
    );
  await post('/v1/crises', 'application/json', JSON.stringify(opening('us-iran')));
  const lines = Array.from({ length: 1000 }, () => JSON.stringify(strike())).join('\n');
  await post('/v1/crises/us-iran/events', 'application/x-ndjson', lines);
  const { digest } = (await (await fetch(server.url + VIEW)).json()) as { digest: string };
  await server.drain();
  const file = join(
    dataDir,
    readdirSync(dataDir).find((name) => /^views-\d+\.sqlite$/.test(name))!,
  );
  healthy = { digest, file, bytes: readFileSync(file) };
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** Every page but the first, which says that the file is a database, begins with nonsense. */
function trashed(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  for (let at = PAGE_BYTES; at < copy.length; at += PAGE_BYTES) copy.fill(0xa5, at, at + 64);
  return copy;
}

const truncated = (bytes: Buffer) => bytes.subarray(0, bytes.length / 2);

test.each<[string, () => void]>([
  ['deleted', () => rmSync(healthy.file)],
  ['emptied', () => writeFileSync(healthy.file, '')],
  ['cut in half', () => writeFileSync(healthy.file, truncated(healthy.bytes))],
  ['no database', () => writeFileSync(healthy.file, 'nonsense'.repeat(1000))],
  ['damaged inside', () => writeFileSync(healthy.file, trashed(healthy.bytes))],
])('views that are %s are built anew, the same', async (_, damage) => {
  damage();
  const server = await spawnServer(dataDir);
  expect(await digestOf(server)).toBe(healthy.digest);
  expect(await server.drain()).toBe(0);
});

test.each(['', 'short', 'no key at all, and too long to be one'])('a token key "%s" is refused', async (content) => {
  const file = join(dataDir, 'token.key');
  const key = readFileSync(file);
  writeFileSync(file, content);
  await expect(spawnServer(dataDir)).rejects.toThrow(/token\.key holds no key/);
  writeFileSync(file, key);
});

/** Waits while the views start again. */
async function digestOf(server: ServerProcess): Promise<string> {
  for (;;) {
    const answer = await fetch(server.url + VIEW);
    const { digest } = (await answer.json()) as { digest: string };
    if (answer.ok) return digest;
    expect(answer.status).toBe(503);
    await delay(200);
  }
}
