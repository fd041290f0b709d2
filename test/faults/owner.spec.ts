import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openReader, openSqliteLog } from '#event-log';
import { append, newEvent } from '../contract/new-event';
import { Child } from './child';

describe('the owner of a data folder', () => {
  let dataDir: string;
  const open = () => openSqliteLog({ dataDir, instance: 'i1', build: '1.0.0' });
  beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-'))));
  afterEach(async () => {
    await Child.endAll();
    rmSync(dataDir, { recursive: true });
  });

  it('is the only one in its process, until it closes', async () => {
    const first = await open();
    await expect(open()).rejects.toMatchObject({ type: 'log-owned-elsewhere' });
    await first.append(append('crisis-a', newEvent()));
    await first.close();
    const second = await open();
    await second.append(append('crisis-a', newEvent(), 0));
    await second.close();
  });

  it('is the only one of all processes; readers come and go', async () => {
    const log = await open();
    await log.append(append('crisis-a', newEvent()));
    const child = Child.start(dataDir, [0]);
    await child.end('none');
    expect(child.refused).toBe('log-owned-elsewhere');
    const reader = openReader(dataDir);
    expect([...reader.readAll()]).toHaveLength(1);
    reader.close();
    await expect(open()).rejects.toMatchObject({ type: 'log-owned-elsewhere' });
    await log.close();
  });

  it('leaves no lock behind when it is killed', async () => {
    const child = Child.start(dataDir, [0]);
    await child.until(({ answers }) => answers.length > 0);
    await expect(open()).rejects.toMatchObject({ type: 'log-owned-elsewhere' });
    await child.end('SIGKILL');
    const log = await open();
    expect(log.head()).toBeGreaterThanOrEqual(child.answers.length - 1);
    await log.close();
  });

  it('leaves no lock behind when it fails to open', async () => {
    await (await open()).close();
    rmSync(join(dataDir, 'log.sqlite'));
    mkdirSync(join(dataDir, 'log.sqlite'));
    await expect(open()).rejects.toThrow(/unable to open/);
    rmdirSync(join(dataDir, 'log.sqlite'));
    await (await open()).close();
  });
});
