import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openReader } from '#event-log';
import { Child } from './child';
import { Acknowledged, complaints } from './history';

const KILLS = process.env['LONG'] ? 200 : 5;
const CLIENTS = 12;
const RESTART_MS = 2_000;

describe('a log whose process is killed', () => {
  let dataDir: string;
  beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-'))));
  afterEach(async () => {
    await Child.endAll();
    rmSync(dataDir, { recursive: true });
  });

  it(
    `loses, moves, doubles and tears nothing in ${KILLS} kills at any moment`,
    async () => {
      const nexts = Array<number>(CLIENTS).fill(0);
      const answers: Acknowledged[] = [];
      let repeated = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const child = Child.start(dataDir, nexts);
        await child.until(({ answers }) => answers.length > 0);
        await sleep(50 + Math.random() * 250);
        await child.end('SIGKILL');
        expect(child.openedMs).toBeLessThan(RESTART_MS);
        answers.push(...child.answers);
        repeated += child.answers.filter((event) => event.repeated).length;

        const reader = openReader(dataDir);
        expect(complaints(answers, [...reader.readAll()])).toEqual([]);
        reader.close();
      }
      console.info(`${KILLS} kills, ${answers.length} answers, ${repeated} of them for what was stored unanswered`);
      expect(answers.length).toBeGreaterThan(KILLS * CLIENTS);
    },
    KILLS * 5_000,
  );

  it('drains on SIGTERM: everything answered is stored', async () => {
    const child = Child.start(dataDir, Array<number>(CLIENTS).fill(0));
    await child.until(({ answers }) => answers.length > 500);
    await child.end('SIGTERM');
    expect(child.failures).toEqual([]);
    expect(complaints(child.answers, child.stored!)).toEqual([]);
    expect(child.stored).toHaveLength(child.answers.length);
  });
});
