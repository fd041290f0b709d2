import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HeadsFile, readHeads } from '#notary';
import { opening, strike } from '../support/elements';
import { type ServerProcess, spawnServer } from '../support/server-process';

/** T3 and T4: a disk that fails, and one that is full. Each needs what only some machines allow. */
const EVENTS = '/v1/crises/us-iran/events';
const where = (isPossible: boolean, needs: string) => {
  if (!isPossible) console.warn(`SKIPPED, not tested on this machine: ${needs}`);
  return isPossible ? test : test.skip;
};
const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
const canMount = process.getuid?.() === 0 && mountable();

let dataDir: string;
beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-disk-'))));
afterEach(() => {
  if (canMount) spawnSync('umount', ['-l', dataDir]);
  rmSync(dataDir, { recursive: true, force: true });
});

where(canTrace, 'I/O errors need strace, and leave to trace a process')(
  'after a flush that failed the outcome is unknown, reads go on, and sending again stores once',
  async () => {
    const server = await spawnServer(dataDir);
    await append(server, '/v1/crises', opening('us-iran'));
    const element = strike({ eventId: crypto.randomUUID() });
    const tracer = await failFirstFlush(server);
    const refused = await append(server, EVENTS, element);
    expect([refused.status, refused.type]).toEqual([503, '/problems/outcome-unknown']);
    expect(await readable(server)).toEqual([200, 200]);
    await tracer.stop();
    await whenReady(server);
    const { status } = await append(server, EVENTS, element);
    expect([200, 201]).toContain(status);
    expect(await storedIds(server)).toEqual([expect.any(String), element['eventId']]);
    expect(await server.drain()).toBe(0);
  },
);

where(canMount, 'a full disk needs leave to mount a small one')(
  'a full disk refuses appends and loses none, reads go on, and with room again it resumes by itself',
  async () => {
    mount(dataDir);
    const server = await spawnServer(dataDir);
    await append(server, '/v1/crises', opening('us-iran'));
    expect(await readable(server)).toEqual([200, 200]);
    fill(dataDir);
    const elements: Record<string, unknown>[] = [];
    const stored: unknown[] = [];
    for (let refusals = 0; refusals < 5;) {
      const element = strike({ eventId: crypto.randomUUID(), summary: 'x'.repeat(500) });
      elements.push(element);
      const { status, type } = await append(server, EVENTS, element);
      if (status === 201) stored.push(element['eventId']);
      else expect([status, type]).toEqual([507, '/problems/storage-full']);
      if (status !== 201) refusals++;
      expect(await readable(server)).toEqual([200, 200]);
    }
    rmSync(join(dataDir, 'filler'));
    await whenReady(server);
    expect((await storedIds(server)).slice(1)).toEqual(stored);
    for (const element of elements) expect([200, 201]).toContain((await append(server, EVENTS, element)).status);
    const ids = await storedIds(server);
    expect([ids.length, new Set(ids).size]).toEqual([elements.length + 1, elements.length + 1]);
    expect(await server.drain()).toBe(0);
  },
  120_000,
);

where(canMount, 'a full disk needs leave to mount a small one')(
  'a line of HEADS_FILE for which there is no room is not there by half, and the next one is whole',
  () => {
    mount(dataDir);
    const path = join(dataDir, 'heads');
    const file = HeadsFile.open(path);
    const addReached = (size: number) => file.addReached({ size, root: Buffer.alloc(32) });
    let size = 0;
    addReached(++size);
    fill(dataDir);
    expect(() => {
      for (;;) addReached(++size);
    }).toThrow();
    rmSync(join(dataDir, 'filler'));
    addReached(size);
    file.close();
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(size);
    expect(readHeads(path).reached).toMatchObject({ size });
  },
);

where(canMount, 'a full disk needs leave to mount a small one')(
  'where only the views have no room, a follower is told all there is or that there is more',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'crisis-log-views-'));
    const first = await spawnServer(dataDir);
    await append(first, '/v1/crises', opening('us-iran'));
    await first.drain();
    mount(folder);
    moveViews(dataDir, folder);
    const server = await spawnServer(dataDir);
    try {
      fill(folder);
      const stored = ['the opening'];
      for (let hasRoom = true; hasRoom && stored.length < 10_000;) {
        const elements = Array.from({ length: 50 }, () => strike({ eventId: crypto.randomUUID() }));
        expect((await append(server, EVENTS, elements)).status).toBe(201);
        stored.push(...elements.map(({ eventId }) => eventId as string));
        hasRoom = (await pulled(server)).status === 200;
      }
      const behind = await pulled(server);
      expect([behind.status, behind.type]).toEqual([503, '/problems/behind']);
      expect(behind.told).toBeLessThan(stored.length);
      const heard = await heardFor(1_500, server, `after=${behind.cursor}`);
      expect(heard).toContain('retry:');
      expect(heard).not.toContain('caught-up');
      rmSync(join(folder, 'filler'));
      expect(await pulled(server)).toMatchObject({ status: 200, told: stored.length });
      expect(await heardFor(1_500, server, `after=${behind.cursor}`)).toContain('caught-up');
    } finally {
      await server.drain();
      spawnSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    }
  },
  120_000,
);

/** The stored views lie on another disk from now on. */
function moveViews(from: string, to: string): void {
  for (const name of readdirSync(from).filter((file) => file.startsWith('views-'))) {
    copyFileSync(join(from, name), join(to, name));
    rmSync(join(from, name));
    if (name.endsWith('.sqlite')) symlinkSync(join(to, name), join(from, name));
  }
}

/** The feed from its beginning to its end, or to where it cannot be read; the cursor there. */
async function pulled(server: ServerProcess): Promise<{ status: number; type?: string; told: number; cursor: string }> {
  for (let [told, cursor] = [0, '']; ;) {
    const after = cursor === '' ? '' : `&after=${cursor}`;
    const response = await fetch(`${server.url}/v1/feed?limit=40${after}`);
    const page = (await response.json()) as { items: []; cursor: string; caughtUp: boolean; type?: string };
    if (!response.ok) return { status: response.status, type: page.type!, told, cursor };
    told += page.items.length;
    cursor = page.cursor;
    if (page.caughtUp) return { status: 200, told, cursor };
  }
}

/** What a stream says in this time. */
async function heardFor(ms: number, server: ServerProcess, query: string): Promise<string> {
  const response = await fetch(`${server.url}/v1/feed/stream?${query}`, { signal: AbortSignal.timeout(ms) });
  let heard = '';
  try {
    for await (const chunk of response.body!) heard += Buffer.from(chunk as Uint8Array).toString();
  } catch (error) {
    if ((error as Error).name !== 'TimeoutError') throw error;
  }
  return heard;
}

/** From now on, in each thread of the server, the first flush to the disk fails. */
async function failFirstFlush(server: ServerProcess): Promise<{ stop(): Promise<void> }> {
  const calls = 'fsync,fdatasync';
  const rule = ['-e', `trace=${calls}`, '-e', `inject=${calls}:error=EIO:when=1`];
  const tracer = spawn('strace', ['-f', '-p', String(server.process.pid), ...rule], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(tracer, 'exit');
  await once(tracer.stderr, 'data'); // "Process … attached"
  tracer.stderr.resume();
  return {
    async stop() {
      tracer.kill('SIGINT');
      await ended;
    },
  };
}

function mount(folder: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder]).status === 0;
}

function mountable(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'crisis-log-mount-'));
  const isMounted = mount(folder);
  if (isMounted) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true, force: true });
  return isMounted;
}

function fill(folder: string): void {
  for (let size = 64 * 1024; size >= 1024;) {
    try {
      appendFileSync(join(folder, 'filler'), Buffer.alloc(size));
    } catch {
      size /= 2;
    }
  }
}

async function append(server: ServerProcess, path: string, body: object): Promise<{ status: number; type?: string }> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { ...((await response.json()) as { type?: string }), status: response.status };
}

async function readable(server: ServerProcess): Promise<number[]> {
  const paths = ['/v1/crises/us-iran/risk', EVENTS];
  return Promise.all(paths.map(async (path) => (await fetch(server.url + path)).status));
}

async function whenReady(server: ServerProcess): Promise<void> {
  while (!(await fetch(`${server.url}/health/ready`)).ok) await delay(100);
}

async function storedIds(server: ServerProcess): Promise<unknown[]> {
  const response = await fetch(server.url + EVENTS, { headers: { accept: 'application/x-ndjson' } });
  return (await response.text())
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { eventId: string }).eventId);
}
