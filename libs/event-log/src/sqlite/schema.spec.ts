import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { openReader } from './log-reader';
import { assertDurable, LOG_FILE, openForWriting, pragma } from './schema';
import { openSqliteLog } from './sqlite-event-log';
import { StreamQueries } from './stream-columns';

describe('the file of the log', () => {
  let dataDir: string;
  let file: string;
  const open = () => openSqliteLog({ dataDir, instance: 'i1', build: '1.0.0' });
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-'));
    file = join(dataDir, LOG_FILE);
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  it('is opened so that what is acknowledged is durable and what is read is checked', () => {
    const db = openForWriting(file, undefined, 0);
    const settings = ['journal_mode', 'synchronous', 'fullfsync', 'trusted_schema', 'cell_size_check', 'page_size'];
    expect(settings.map((name) => pragma(db, name))).toEqual(['wal', 2, 1, 0, 1, 8192]);
    db.close();
  });

  it.each(['pragma synchronous = normal', 'pragma synchronous = off', 'pragma journal_mode = delete'])(
    'is not used after %s',
    (setting) => {
      const db = openForWriting(file, undefined, 0);
      db.exec(setting);
      expect(() => assertDurable(db, file)).toThrow(expect.objectContaining({ type: 'log-damaged' }));
      db.close();
    },
  );

  it('from a newer build is refused, for writing and reading, and left as it is', async () => {
    await (await open()).close();
    const db = new DatabaseSync(file);
    db.exec('pragma user_version = 2');
    db.close();
    const before = readFileSync(file);
    await expect(open()).rejects.toMatchObject({ type: 'log-from-newer-build', file });
    expect(() => openReader(dataDir)).toThrow(expect.objectContaining({ type: 'log-from-newer-build' }));
    expect(readFileSync(file)).toEqual(before);
  });

  it('of another program is refused and left as it is', async () => {
    const db = new DatabaseSync(file);
    db.exec('create table other (a)');
    db.close();
    const before = readFileSync(file);
    await expect(open()).rejects.toMatchObject({ type: 'log-damaged' });
    expect(() => openReader(dataDir)).toThrow(expect.objectContaining({ type: 'log-damaged' }));
    expect(readFileSync(file)).toEqual(before);
  });

  it('has an index for every question a decision asks', () => {
    const db = openForWriting(file, undefined, 0);
    for (const { sourceSQL } of Object.values(new StreamQueries(db)) as StatementSync[]) {
      const plan = db.prepare(`explain query plan ${sourceSQL}`).all();
      const details = plan.map(({ detail }) => detail).join('; ');
      expect(details).toMatch(/SEARCH (event|stream) USING/);
      expect(details).not.toMatch(/SCAN (event|stream|recorder)|TEMP B-TREE/);
    }
    db.close();
  });
});
