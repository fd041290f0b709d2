import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { createKey } from '../apps/cli/src/keys';
import { opening, strike } from '../test/support/elements';
import { type ServerProcess, spawnServer } from '../test/support/server-process';
import { type Measured, paired, perSecond, settled } from './measure';

const ROUNDS = 5;
const SECONDS = 3;
const BARS: Readonly<Record<number, Measured['bar']>> = { 1: ['>=', 0.22], 64: ['>=', 0.4] };

/** About 620 bytes, without an id: the server makes one. */
export const BODY = JSON.stringify({
  ...strike({
    eventId: undefined,
    summary:
      'Air strike on a military site near Isfahan, reported by the ministry of defence and by two agencies. '.repeat(2),
  }),
  location: { iso3: 'IRN', name: 'Isfahan', lat: 32.65, lon: 51.67, geoPrecision: 2 },
});

/** Validated durable append over HTTP, against a bare echo of the same body. The load comes from this process. */
export async function benchAppend(): Promise<Measured[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-bench-'));
  const server = await spawnServer(dataDir);
  const echo = spawn(process.execPath, [join(__dirname, 'echo-server.js')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(echo.stdout, 'data')) as [Buffer];
  const echoUrl = /http:\S+/.exec(line.toString())![0];
  await openCrisis(server.url);
  const measured: Measured[] = [];
  for (const connections of [1, 64, 256]) {
    const ours = () => appendRate(server, connections);
    const limit = () => rate(echoUrl, connections, 200);
    await ours();
    const { ratio, ours: appends, limit: echoes } = await paired(ROUNDS, ours, limit);
    const bar = BARS[connections];
    measured.push({
      name: `append, ${connections} connections / echo`,
      ratio,
      scale: `${perSecond(appends)} of ${perSecond(echoes)}`,
      ...(bar && { bar }),
    });
  }
  echo.kill();
  await server.drain();
  rmSync(dataDir, { recursive: true, force: true });
  return measured;
}

/** The same append with an API key and without one, each on a server of its own: what asking who it is costs. */
export async function benchGuard(): Promise<Measured[]> {
  const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'crisis-log-bench-')));
  const flags = { name: 'bench', role: 'analyst', level: 'AMBER', red: [], days: 1 } as const;
  const secret = await createKey(folders[0]!, flags, Date.now());
  const guarded = await spawnServer(folders[0]!, { RATE_LIMIT: '1000000000' });
  const open = await spawnServer(folders[1]!);
  const authorization = { authorization: `Bearer ${secret}` };
  await openCrisis(guarded.url, authorization);
  await openCrisis(open.url);
  const measured: Measured[] = [];
  for (const connections of [1, 64]) {
    const withKey = () => appendRate(guarded, connections, authorization);
    const without = () => appendRate(open, connections);
    await withKey();
    await without();
    const { ratio, ours, limit } = await paired(ROUNDS, withKey, without);
    const scale = `${perSecond(ours)} of ${perSecond(limit)}`;
    measured.push({ name: `append with a key, ${connections} connections / without`, ratio, scale });
  }
  await Promise.all([guarded.drain(), open.drain()]);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  return measured;
}

async function openCrisis(url: string, headers: Record<string, string> = {}): Promise<void> {
  const response = await fetch(`${url}/v1/crises`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(opening('bench')),
  });
  if (response.status !== 201) throw new Error(await response.text());
}

/** Appends a second. Ends when the server has done all that they bring with them. */
async function appendRate(server: ServerProcess, connections: number, headers = {}): Promise<number> {
  const appends = await rate(`${server.url}/v1/crises/bench/events`, connections, 201, headers);
  await settled(server.process.pid!);
  return appends;
}

/** Answers a second; every one must be what was expected. */
async function rate(
  url: string,
  connections: number,
  status: number,
  headers: Record<string, string> = {},
): Promise<number> {
  const result = await autocannon({
    url,
    connections,
    duration: SECONDS,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: BODY,
  });
  const expected = result.statusCodeStats?.[`${status}`]?.count ?? 0;
  if (result.errors > 0 || expected !== result['2xx'] || result.non2xx > 0)
    throw new Error(`${url}: ${result.errors} errors, ${result.non2xx} refusals`);
  return expected / result.duration;
}
