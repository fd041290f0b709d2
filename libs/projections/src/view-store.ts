import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { LogReader, Position } from '#event-log';
import type { Amendment, History } from './amendments';
import type { Histories } from './effective-events';
import type { Facts } from './facts';
import type { FrameEvent } from './frame';
import { FEED_SCHEMA, FeedIndex } from './feed-index';
import { Listing, LISTING_SCHEMA } from './listing';

/** Raised whenever a table here, the facts, or the listing change: another version is another file, built anew. */
const VERSION = 3;

const SCHEMA = `
  CREATE TABLE checkpoint (log_id TEXT NOT NULL, build TEXT NOT NULL, position INTEGER NOT NULL) STRICT;
  CREATE TABLE original (
    crisis TEXT NOT NULL, position INTEGER PRIMARY KEY, event_id TEXT NOT NULL, level INTEGER NOT NULL, facts TEXT NOT NULL,
    unreadable TEXT
  ) STRICT;
  CREATE INDEX original_unreadable ON original (crisis) WHERE unreadable IS NOT NULL;
  CREATE INDEX original_by_crisis ON original (crisis, position);
  CREATE TABLE amendment (
    position INTEGER PRIMARY KEY, crisis TEXT NOT NULL, original INTEGER NOT NULL, event_id TEXT NOT NULL, target TEXT NOT NULL,
    kind TEXT NOT NULL, level INTEGER, facts TEXT
  ) STRICT;
  CREATE INDEX amendment_by_original ON amendment (original, position);
  CREATE INDEX amendment_by_crisis ON amendment (crisis, position);
  CREATE TABLE frame_event (position INTEGER PRIMARY KEY, crisis TEXT NOT NULL, event TEXT NOT NULL) STRICT;
  CREATE INDEX frame_event_by_crisis ON frame_event (crisis, position);
  ${LISTING_SCHEMA}
  ${FEED_SCHEMA}
`;

/** What tells whether a store is of this log, and not of another, or of the log before a backup replaced it. */
type HistoryOf = Pick<LogReader, 'genesis' | 'at'>;

/**
 * What the projections keep between starts: the histories behind the effective events, the frames, the
 * listing, and one checkpoint for all of it, written in the same transaction. A cache of the log and of
 * nothing else: whenever it is missing, of another version, or not of this log as it is, it is built anew.
 *
 * Commits here are not waited for: after a power failure the file is as some earlier commit left it, whole,
 * and the projections go on from its checkpoint.
 */
export class ViewStore implements Disposable {
  readonly listing: Listing;
  readonly feed: FeedIndex;
  readonly #statements = new Map<string, StatementSync>();

  private constructor(
    private readonly db: DatabaseSync,
    private readonly path: string,
    private readonly logId: string,
  ) {
    this.listing = new Listing(db);
    this.feed = new FeedIndex(db);
  }

  static open(dataDir: string, log: HistoryOf, build: string): ViewStore {
    const name = `views-${VERSION}.sqlite`;
    for (const old of readdirSync(dataDir).filter((file) => file.startsWith('views-') && !file.startsWith(name)))
      rmSync(join(dataDir, old));
    const path = join(dataDir, name);
    return ViewStore.#openFor(path, log, build) ?? ViewStore.#create(path, log.genesis().logId, build);
  }

  static #create(path: string, logId: string, build: string): ViewStore {
    remove(path);
    const db = connect(path);
    db.exec(`BEGIN; ${SCHEMA} COMMIT`);
    db.prepare('INSERT INTO checkpoint (log_id, build, position) VALUES (?, ?, -1)').run(logId, build);
    return new ViewStore(db, path, logId);
  }

  /**
   * Undefined when the file is missing, damaged, of another log or of another history of it (a backup was put in its
   * place), or holds what another build could not read.
   */
  static #openFor(path: string, log: HistoryOf, build: string): ViewStore | undefined {
    let db: DatabaseSync | undefined;
    try {
      db = connect(path);
      const row = db.prepare('SELECT log_id, build FROM checkpoint').get();
      const { logId } = log.genesis();
      const store = new ViewStore(db, path, logId);
      const readable = row?.['build'] === build || store.unreadableCount() === 0;
      if (row?.['log_id'] === logId && readable && store.#endsIn(log)) return store;
    } catch {
      // A cache that cannot be read is no loss: it is made again from the log.
    }
    db?.close();
    return undefined;
  }

  /** Is the last event that was folded still the event at its position? */
  #endsIn(log: HistoryOf): boolean {
    const position = this.checkpoint();
    return position === -1 || log.at(position)?.id === this.listing.idAt(position);
  }

  /** The last position whose effects are all here. */
  checkpoint(): Position {
    return this.#prepare('SELECT position FROM checkpoint').get()?.['position'] as number;
  }

  /** Whatever `work` writes and the new checkpoint: both or neither. */
  advance(position: Position, work: () => void): void {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#prepare('UPDATE checkpoint SET position = ? WHERE log_id = ?').run(position, this.logId);
      this.db.exec('COMMIT');
    } catch (error) {
      // A full disk has ended the transaction already.
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
  }

  addOriginal(
    crisis: string,
    { position, eventId, level, facts }: History['original'],
    unreadable: string | null,
  ): void {
    this.#prepare(
      'INSERT INTO original (crisis, position, event_id, level, facts, unreadable) VALUES (?, ?, ?, ?, ?, ?)',
    ).run(crisis, position, eventId, level, JSON.stringify(facts), unreadable);
  }

  /** How many events this build cannot read, retracted ones among them. */
  unreadableCount(): number {
    const row = this.#prepare('SELECT count(*) AS count FROM original WHERE unreadable IS NOT NULL').get();
    return row?.['count'] as number;
  }

  /** The first of those events, at most `limit`. */
  firstUnreadable(limit: number): Unreadable[] {
    const rows = this.#prepare(
      'SELECT crisis, position, event_id, unreadable FROM original WHERE unreadable IS NOT NULL ORDER BY position LIMIT ?',
    ).all(limit);
    return rows.map((row) => ({
      crisis: row['crisis'] as string,
      position: row['position'] as number,
      eventId: row['event_id'] as string,
      reason: row['unreadable'] as string,
    }));
  }

  /** Those events of one crisis, with why. */
  unreadableOf(crisis: string): Pick<Unreadable, 'position' | 'reason'>[] {
    const rows = this.#prepare(
      'SELECT position, unreadable FROM original WHERE crisis = ? AND unreadable IS NOT NULL',
    ).all(crisis);
    return rows.map((row) => ({ position: row['position'] as number, reason: row['unreadable'] as string }));
  }

  addAmendment(crisis: string, original: Position, { position, eventId, target, kind, level, facts }: Amendment): void {
    this.#prepare(
      'INSERT INTO amendment (position, crisis, original, event_id, target, kind, level, facts) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ).run(position, crisis, original, eventId, target, kind, level, facts === null ? null : JSON.stringify(facts));
  }

  addFrameEvent(crisis: string, event: FrameEvent): void {
    this.#prepare('INSERT INTO frame_event (position, crisis, event) VALUES (?, ?, ?)').run(
      event.position,
      crisis,
      JSON.stringify(event),
    );
  }

  frameEvents(crisis: string): FrameEvent[] {
    const rows = this.#prepare('SELECT event FROM frame_event WHERE crisis = ? ORDER BY position').all(crisis) as {
      event: string;
    }[];
    return rows.map(({ event }) => JSON.parse(event) as FrameEvent);
  }

  /** Every history of a crisis, by the position of its original. */
  *histories(crisis: string): Iterable<History> {
    const amendments = Map.groupBy(this.#amendments('crisis = ?', crisis), ({ original }) => original);
    const originals = this.#prepare(
      'SELECT position, event_id, level, facts FROM original WHERE crisis = ? ORDER BY position',
    );
    for (const row of originals.iterate(crisis)) {
      const original = originalOf(row as unknown as OriginalRow);
      yield { original, amendments: amendments.get(original.position) ?? [] };
    }
  }

  /** The histories of one crisis, found by any id in them. */
  historiesOf(crisis: string): Histories {
    return {
      historyOf: (eventId) => {
        const position = this.listing.positionOf(crisis, eventId, 'RED');
        if (position === undefined) return undefined;
        const root =
          this.#prepare('SELECT original FROM amendment WHERE position = ?').get(position)?.['original'] ?? position;
        const row = this.#prepare('SELECT position, event_id, level, facts FROM original WHERE position = ?').get(root);
        return (
          row && {
            original: originalOf(row as unknown as OriginalRow),
            amendments: this.#amendments('original = ?', root as number),
          }
        );
      },
    };
  }

  #amendments(where: string, value: string | number): (Amendment & { original: Position })[] {
    const rows = this.#prepare(
      `SELECT position, original, event_id, target, kind, level, facts FROM amendment WHERE ${where} ORDER BY position`,
    ).all(value);
    return (rows as unknown as AmendmentRow[]).map(({ event_id, facts, ...row }) => ({
      ...row,
      eventId: event_id,
      facts: facts === null ? null : (JSON.parse(facts) as Facts),
    }));
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.db.prepare(sql)));
    return statement;
  }

  /** Does the file hold together? Reads all of it: to be asked when something in it could not be read. */
  isSound(): boolean {
    try {
      return this.db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'] === 'ok';
    } catch {
      return false;
    }
  }

  close(): void {
    this.db.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Closes it for good: the next `open` builds it anew from the log. */
  discard(): void {
    this.close();
    remove(this.path);
  }
}

export interface Unreadable {
  readonly crisis: string;
  readonly position: Position;
  readonly eventId: string;
  readonly reason: string;
}

interface OriginalRow {
  readonly position: number;
  readonly event_id: string;
  readonly level: number;
  readonly facts: string;
}

interface AmendmentRow {
  readonly position: number;
  readonly original: number;
  readonly event_id: string;
  readonly target: string;
  readonly kind: Amendment['kind'];
  readonly level: number | null;
  readonly facts: string | null;
}

const originalOf = ({ position, event_id, level, facts }: OriginalRow): History['original'] => ({
  position,
  eventId: event_id,
  level,
  facts: JSON.parse(facts) as Facts,
});

function remove(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true });
}

function connect(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF');
  return db;
}
