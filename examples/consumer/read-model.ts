import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Followed, FeedItem } from '#client';

/**
 * What this consumer makes of the feed: the events it has been shown, in the order in which they came, and how many
 * there are of each type. The cursor stands in the same file and moves in the same transaction, so that whatever is
 * killed when, each item counts exactly once.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS event (
    seen INTEGER PRIMARY KEY, crisis TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, summary TEXT,
    UNIQUE (crisis, id)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS tally (crisis TEXT NOT NULL, type TEXT NOT NULL, events INTEGER NOT NULL, PRIMARY KEY (crisis, type)) STRICT;
  CREATE TABLE IF NOT EXISTS checkpoint (one INTEGER PRIMARY KEY CHECK (one = 1), cursor TEXT NOT NULL) STRICT;
`;

export class ReadModel {
  private readonly db: DatabaseSync;
  private readonly add: StatementSync;
  private readonly remove: StatementSync;
  private readonly count: StatementSync;
  private readonly move: StatementSync;

  constructor(file: string) {
    this.db = new DatabaseSync(file, { timeout: 5_000 });
    this.db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${SCHEMA}`);
    // A second time the same event would fail here, loudly.
    this.add = this.db.prepare('INSERT INTO event (crisis, id, type, summary) VALUES (?, ?, ?, ?)');
    this.remove = this.db.prepare('DELETE FROM event WHERE crisis = ? AND id = ?');
    this.count = this.db.prepare(
      'INSERT INTO tally VALUES (?, ?, ?) ON CONFLICT (crisis, type) DO UPDATE SET events = events + excluded.events',
    );
    this.move = this.db.prepare(
      'INSERT INTO checkpoint VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET cursor = excluded.cursor',
    );
  }

  /** Where to go on; undefined before the first item. */
  cursor(): string | undefined {
    return this.db.prepare('SELECT cursor FROM checkpoint').get()?.['cursor'] as string | undefined;
  }

  /** The item and the cursor behind it: both or neither. */
  apply(followed: Followed): void {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      if (!followed.caughtUp) this.applyItem(followed.item);
      this.move.run(followed.cursor);
      this.db.exec('COMMIT');
    } catch (error) {
      this.db.exec('ROLLBACK');
      throw error;
    }
  }

  private applyItem(item: FeedItem): void {
    const { crisisid: crisis, subject, type } = item;
    if (item.item === 'withdraw') {
      // One that was never shown is not there to be forgotten.
      if (this.remove.run(crisis, subject).changes > 0) this.count.run(crisis, type, -1);
      return;
    }
    const { summary } = item.data as { summary?: string };
    this.add.run(crisis, subject, type, summary ?? null);
    this.count.run(crisis, type, 1);
  }

  tallies(): { crisis: string; type: string; events: number }[] {
    return this.db.prepare('SELECT * FROM tally WHERE events > 0 ORDER BY crisis, type').all() as never;
  }

  /** Ids of the events of a crisis, in the order in which they came. */
  idsOf(crisis: string): string[] {
    return this.db
      .prepare('SELECT id FROM event WHERE crisis = ? ORDER BY seen')
      .all(crisis)
      .map((row) => row['id'] as string);
  }

  close(): void {
    this.db.close();
  }
}
