import { DatabaseSync } from 'node:sqlite';
import { CrisisLog, type FeedItem, Refused } from '#client';

/** What the workers of one name have done, durable in one file: each item once, in the order in which it was done first. */
export class WorkDone {
  private readonly db: DatabaseSync;

  constructor(file: string) {
    this.db = new DatabaseSync(file, { timeout: 10_000 });
    this.db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      CREATE TABLE IF NOT EXISTS done (turn INTEGER PRIMARY KEY, crisis TEXT NOT NULL, id TEXT NOT NULL UNIQUE) STRICT;
      CREATE TABLE IF NOT EXISTS again (id TEXT NOT NULL) STRICT`);
  }

  note(items: readonly FeedItem[]): void {
    this.db.exec('BEGIN IMMEDIATE');
    for (const { crisisid, id } of items) {
      const { changes } = this.db.prepare('INSERT OR IGNORE INTO done (crisis, id) VALUES (?, ?)').run(crisisid, id);
      if (changes === 0) this.db.prepare('INSERT INTO again VALUES (?)').run(id);
    }
    this.db.exec('COMMIT');
  }

  idsOf(crisis: string): string[] {
    const rows = this.db.prepare('SELECT id FROM done WHERE crisis = ? ORDER BY turn').all(crisis);
    return rows.map(({ id }) => id as string);
  }

  count(table: 'done' | 'again'): number {
    return this.db.prepare(`SELECT count(*) AS count FROM ${table}`).get()!['count'] as number;
  }

  close(): void {
    this.db.close();
  }
}

/** `named-worker.js URL NAME FILE`: works until it is killed. Done first, acknowledged then: at least once. */
async function main([url, name, file]: readonly string[]): Promise<void> {
  const consumer = new CrisisLog(url!, {
    patience: { attempts: Infinity, firstDelayMs: 20, maxDelayMs: 100 },
  }).consumer(name!);
  const done = new WorkDone(file!);
  for (;;) {
    const batch = await consumer.next({ limit: 5, leaseSeconds: 2, waitSeconds: 5 });
    if (!batch) continue;
    done.note(batch.items);
    await batch.acknowledge().catch((error: unknown) => {
      // Settled before its answer was lost, or by another worker since.
      if (!(error instanceof Refused && error.status === 409)) throw error;
    });
  }
}

if (require.main === module) void main(process.argv.slice(2));
