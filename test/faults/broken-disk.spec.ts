import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openReader } from '#event-log';
import { Child } from './child';
import { complaints } from './history';

const CLIENTS = 8;

/** A test that needs a tool of the system; without it the test is skipped and says so. */
const itWith = (tool: string, probe: string[]) => {
  const isThere = spawnSync(probe[0]!, probe.slice(1), { stdio: 'ignore' }).status === 0;
  if (!isThere) console.warn(`SKIPPED: what needs ${tool}; it is missing or not permitted here`);
  return isThere ? it : it.skip;
};

describe('a log whose disk breaks', () => {
  let dataDir: string;
  const nexts = () => Array<number>(CLIENTS).fill(0);
  const history = () => {
    const reader = openReader(dataDir);
    const events = [...reader.readAll()];
    reader.close();
    return events;
  };
  beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-'))));
  afterEach(async () => {
    await Child.endAll();
    rmSync(dataDir, { recursive: true });
  });

  itWith('prlimit', ['prlimit', '--version'])(
    'answers "unknown" to failed writes, stops, goes on by itself, and has each event once',
    async () => {
      const child = Child.start(dataDir, nexts());
      const limit = (bytes: string) => spawnSync('prlimit', [`--pid=${child.pid}`, `--fsize=${bytes}:unlimited`]);
      await child.until(({ answers }) => answers.length > 200);
      for (let round = 1; round <= 2; round++) {
        child.failures.length = 0;
        const answered = child.answers.length;
        limit('100'); // Every write beyond the first bytes of a file now fails.
        await child.until(({ failures }) => failures.filter(({ type }) => type === 'writing-stopped').length > CLIENTS);
        limit('unlimited');
        await child.until(({ answers }) => answers.length > answered + 500);
        expect(new Set(child.failures.map(({ type }) => type))).toEqual(
          new Set(['outcome-unknown', 'writing-stopped']),
        );
        expect(child.failures.filter(({ type }) => type === 'outcome-unknown').length).toBeLessThanOrEqual(CLIENTS);
        expect(child.failures.every(({ canRead }) => canRead)).toBe(true);
      }
      await child.end('SIGKILL');
      expect(complaints(child.answers, history())).toEqual([]);
    },
    30_000,
  );

  itWith('strace', ['strace', '-o', '/dev/null', 'true'])(
    'answers "unknown" to failed flushes, and a repetition stores exactly one',
    async () => {
      // The 40th flush of the writer fails and every 37th after: of commits, of checkpoints and of reopening.
      const inject = ['-e', 'trace=fsync,fdatasync', '-e', 'inject=fsync,fdatasync:error=EIO:when=40+37'];
      const child = Child.start(dataDir, nexts(), ['strace', '-f', '-qq', '-o', join(dataDir, 'trace'), ...inject]);
      const unknown = () => child.failures.filter(({ type }) => type === 'outcome-unknown').length;
      await child.until(() => unknown() >= 4 * CLIENTS);
      const answered = child.answers.length;
      await child.until(({ answers }) => answers.length > answered + 100);
      expect(new Set(child.failures.map(({ type }) => type))).toEqual(new Set(['outcome-unknown', 'writing-stopped']));
      await child.end('SIGKILL');
      expect(complaints(child.answers, history())).toEqual([]);
    },
    60_000,
  );

  const inNamespace = ['unshare', '--mount', '--'];
  itWith('mounts', [...inNamespace, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'])(
    'refuses what finds no room, goes on when there is some, and told no client otherwise',
    async () => {
      const mount = `mount -t tmpfs -o size=8m tmpfs ${dataDir} && head -c 5m /dev/zero > ${dataDir}/filler && exec "$@"`;
      const child = Child.start(dataDir, nexts(), [...inNamespace, 'sh', '-c', mount, 'sh']);
      await child.until(({ failures }) => failures.length > 2 * CLIENTS);
      expect(new Set(child.failures.map(({ type }) => type))).toEqual(new Set(['storage-full']));
      expect(child.failures.every(({ canRead }) => canRead)).toBe(true);
      const answered = child.answers.length;
      rmSync(`/proc/${child.pid}/root${dataDir}/filler`);
      await child.until(({ answers }) => answers.length > answered + 200);
      await child.end('SIGTERM');
      expect(complaints(child.answers, child.stored!)).toEqual([]);
    },
    30_000,
  );

  it('whose end was altered does not open, and says where', async () => {
    const child = Child.start(dataDir, [0]);
    await child.until(({ answers }) => answers.length > 20);
    await child.end('SIGTERM');
    const file = join(dataDir, 'log.sqlite');
    const bytes = readFileSync(file);
    const at = bytes.lastIndexOf('x'.repeat(500)); // Of the youngest page: older copies may lie in free space.
    expect(at).toBeGreaterThan(0);
    bytes[at + 250]! ^= 1;
    writeFileSync(file, bytes);
    const again = Child.start(dataDir, [0]);
    await again.end('none');
    expect(again.refused).toBe('log-damaged');
    expect(statSync(file).size).toBe(bytes.length);
  });
});
