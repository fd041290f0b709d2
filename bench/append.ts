import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { opening, strike } from '../test/support/elements';
import { spawnServer } from '../test/support/server-process';
import { type Measured, paired, perSecond } from './measure';

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
  await fetch(`${server.url}/v1/crises`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(opening('bench')),
  });
  const measured: Measured[] = [];
  for (const connections of [1, 64, 256]) {
    const ours = () => rate(`${server.url}/v1/crises/bench/events`, connections, 201);
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

/** Answers a second; every one must be what was expected. */
async function rate(url: string, connections: number, status: number): Promise<number> {
  const result = await autocannon({
    url,
    connections,
    duration: SECONDS,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: BODY,
  });
  const expected = result.statusCodeStats?.[`${status}`]?.count ?? 0;
  if (result.errors > 0 || expected !== result['2xx'] || result.non2xx > 0)
    throw new Error(`${url}: ${result.errors} errors, ${result.non2xx} refusals`);
  return expected / result.duration;
}
