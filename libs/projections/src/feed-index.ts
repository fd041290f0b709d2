import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { LEVELS, type Position } from '#event-log';
import { HIGHEST, type LevelIndex } from './frame';

/**
 * What followers are told, and who is told: one row an item, for the levels `low` to `high`. Clustered by the lowest
 * level that sees it, so that a reader's items are found by the index however many hidden ones lie between.
 *
 * A cache: deleted, it is rebuilt from the log.
 */
export const FEED_SCHEMA = `
  CREATE TABLE feed_item (
    low INTEGER NOT NULL,
    position INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    high INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    subject INTEGER NOT NULL,
    marking INTEGER NOT NULL,
    crisis TEXT NOT NULL,
    PRIMARY KEY (low, position, idx)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX feed_item_by_crisis ON feed_item (crisis, position, idx);
`;

/** A place in the feed. Behind the event at a position stand, in order, what it releases and withdraws. */
export interface FeedPlace {
  readonly position: Position;
  readonly index: number;
}

/** Before everything. */
export const FEED_START: FeedPlace = { position: -1, index: 0 };

const KINDS = ['event', 'release', 'withdraw'] as const;
export type FeedKind = (typeof KINDS)[number];

export interface FeedEntry extends FeedPlace {
  /** Newly recorded; newly visible by a change of marking; no longer visible by one. */
  readonly kind: FeedKind;
  /** Where the event itself stands. */
  readonly subject: Position;
  /** Its marking at this point of the record. */
  readonly marking: LevelIndex;
  readonly crisis: string;
}

/** One event's marking in force, before and after a change of marking. */
export interface MarkingStep {
  readonly subject: Position;
  readonly was: LevelIndex;
  readonly becomes: LevelIndex;
}

export interface FeedQuestion {
  readonly level: LevelIndex;
  readonly crisis?: string | undefined;
  readonly after: FeedPlace;
  readonly limit: number;
}

interface Row {
  readonly position: number;
  readonly idx: number;
  readonly kind: number;
  readonly subject: number;
  readonly marking: number;
  readonly crisis: string;
}

const COLUMNS = 'position, idx, kind, subject, marking, crisis';

/** The items of the feed, in order, as each level gets them. */
export class FeedIndex {
  readonly #insert: StatementSync;
  readonly #inCrisis: StatementSync;
  readonly #everywhere: readonly StatementSync[];
  readonly #last: StatementSync;
  readonly #lastInCrisis: StatementSync;

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare('INSERT INTO feed_item VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.#inCrisis = db.prepare(
      `SELECT ${COLUMNS} FROM feed_item WHERE crisis = ?5 AND (position, idx) > (?1, ?2) AND low <= ?3 AND high >= ?3
        ORDER BY position, idx LIMIT ?4`,
    );
    this.#everywhere = LEVELS.map((_, level) => db.prepare(mergedUpTo(level)));
    this.#last = db.prepare(
      'SELECT position, idx FROM feed_item WHERE low = ? AND high >= ? ORDER BY position DESC, idx DESC LIMIT 1',
    );
    this.#lastInCrisis = db.prepare(
      `SELECT position, idx FROM feed_item WHERE crisis = ?1 AND low <= ?2 AND high >= ?2
        ORDER BY position DESC, idx DESC LIMIT 1`,
    );
  }

  /**
   * What one event adds: itself, at the marking it has when recorded; of a change of marking also what it shows and
   * hides. Nobody below `floor`, the level of the crisis's opening, is told anything.
   */
  append(
    position: Position,
    crisis: string,
    marking: LevelIndex,
    floor: LevelIndex,
    steps: readonly MarkingStep[],
  ): void {
    this.#insert.run(Math.max(marking, floor), position, 0, HIGHEST, KINDS.indexOf('event'), position, marking, crisis);
    let index = 0;
    for (const { subject, was, becomes } of steps) {
      const [before, after] = [Math.max(was, floor), Math.max(becomes, floor)];
      if (before === after) continue;
      const kind = KINDS.indexOf(after < before ? 'release' : 'withdraw');
      const [low, above] = after < before ? [after, before] : [before, after];
      this.#insert.run(low, position, ++index, above - 1, kind, subject, becomes, crisis);
    }
  }

  /** The next items that a level was told of, or would have been: what was hidden since is among them. */
  after({ level, crisis, after, limit }: FeedQuestion): FeedEntry[] {
    const { position, index } = after;
    const rows =
      crisis === undefined
        ? this.#everywhere[level]!.all(position, index, level, limit)
        : this.#inCrisis.all(position, index, level, limit, crisis);
    return (rows as unknown as Row[]).map(({ idx, kind, ...row }) => ({ ...row, index: idx, kind: KINDS[kind]! }));
  }

  /** Where the last item of a level stands. */
  last(level: LevelIndex, crisis?: string): FeedPlace {
    const rows =
      crisis === undefined
        ? LEVELS.slice(0, level + 1).map((_, low) => this.#last.get(low, level))
        : [this.#lastInCrisis.get(crisis, level)];
    return rows
      .map((row) => (row ? { position: row['position'] as number, index: row['idx'] as number } : FEED_START))
      .reduce((latest, place) => (isBeyond(place, latest) ? place : latest));
  }
}

/** Is the first place later than the second? */
export const isBeyond = (place: FeedPlace, other: FeedPlace): boolean =>
  place.position > other.position || (place.position === other.position && place.index > other.index);

/** One range of the index for each level that a reader sees, merged in order. */
function mergedUpTo(level: LevelIndex): string {
  const ranges = LEVELS.slice(0, level + 1).map(
    (_, low) =>
      `SELECT * FROM (SELECT ${COLUMNS} FROM feed_item WHERE low = ${low} AND (position, idx) > (?1, ?2) AND high >= ?3
        ORDER BY position, idx LIMIT ?4)`,
  );
  return `${ranges.join(' UNION ALL ')} ORDER BY position, idx LIMIT ?4`;
}
