import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { crisisOf, LEVELS, type Level, type Position, type StoredEvent } from '#event-log';
import type { EventBody } from './facts';
import type { MarkingStep } from './feed-index';
import { HIGHEST, levelIndexOf } from './frame';
import { type ListingFilter, queryOf } from './listing-filter';

/**
 * The listing: what a reader may see of a crisis, and where. One row an event with what events are found
 * by (type, instant, actors, correlation, words) and the level that its marking demands *now*. Filters and
 * levels act in the query, so nothing hidden is ever read to be dropped later.
 *
 * A cache: deleted, it is rebuilt from the log.
 */
export const LISTING_SCHEMA = `
  CREATE TABLE listing (
    position INTEGER PRIMARY KEY,
    crisis TEXT NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    instant INTEGER,
    correlation TEXT NOT NULL,
    own INTEGER NOT NULL,
    target INTEGER,
    level INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX listing_by_crisis ON listing (crisis, position);
  CREATE INDEX listing_by_id ON listing (id);
  CREATE INDEX listing_by_target ON listing (target) WHERE target IS NOT NULL;
  CREATE INDEX listing_opened ON listing (crisis, level) WHERE type = 'CrisisOpened';
  CREATE INDEX listing_red ON listing (crisis) WHERE level = 4;
  CREATE TABLE listing_actor (crisis TEXT NOT NULL, code TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (crisis, code, position)) STRICT, WITHOUT ROWID;
  CREATE VIRTUAL TABLE listing_text USING fts5 (words, content='', tokenize='unicode61 remove_diacritics 2');
`;

const INHERIT = -1;

export class Listing {
  readonly #insert: StatementSync;
  readonly #insertActor: StatementSync;
  readonly #insertText: StatementSync;
  readonly #find: StatementSync;
  readonly #row: StatementSync;
  readonly #amendments: StatementSync;
  readonly #setOwn: StatementSync;
  readonly #setLevel: StatementSync;
  readonly #last: StatementSync;
  readonly #floor: StatementSync;
  readonly #red: StatementSync;
  readonly #opening: StatementSync;

  constructor(private readonly db: DatabaseSync) {
    this.#insert = db.prepare(
      'INSERT INTO listing (position, crisis, id, type, instant, correlation, own, target, level) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#insertActor = db.prepare('INSERT OR IGNORE INTO listing_actor (crisis, code, position) VALUES (?, ?, ?)');
    this.#insertText = db.prepare('INSERT INTO listing_text (rowid, words) VALUES (?, ?)');
    this.#find = db.prepare('SELECT position, level FROM listing WHERE id = ? AND crisis = ?');
    this.#row = db.prepare('SELECT id, own, target, level FROM listing WHERE position = ?');
    this.#amendments = db.prepare('SELECT position FROM listing WHERE target = ? ORDER BY position');
    this.#setOwn = db.prepare('UPDATE listing SET own = ? WHERE position = ?');
    this.#setLevel = db.prepare('UPDATE listing SET level = ? WHERE position = ?');
    this.#floor = db.prepare('SELECT level FROM listing WHERE crisis = ? ORDER BY position LIMIT 1');
    this.#red = db.prepare('SELECT 1 FROM listing WHERE crisis = ? AND level = 4 LIMIT 1');
    this.#opening = db.prepare(
      "SELECT position FROM listing WHERE crisis = ? AND type = 'CrisisOpened' AND level <= ? ORDER BY position LIMIT 1",
    );
    this.#last = db.prepare(
      'SELECT position FROM listing WHERE crisis = ? AND position <= ? AND level <= ? ORDER BY position DESC LIMIT 1',
    );
  }

  /** Lists an event; returns the markings in force that it changes, other than its own, its target's first. */
  apply(event: StoredEvent, body: EventBody): MarkingStep[] {
    const crisis = crisisOf(event.stream);
    const target = targetOf(body);
    const targetPosition =
      target === undefined ? undefined : (this.#find.get(target, crisis)?.['position'] as number | undefined);
    const changesMarking = event.type === 'MarkingChanged';
    const own = changesMarking || event.marking === 'inherit' ? INHERIT : levelIndexOf(event.marking);
    const instant = Date.parse(String(body.content['occurredAt']));
    this.#insert.run(
      event.position,
      crisis,
      event.id,
      event.type,
      Number.isNaN(instant) ? null : instant,
      event.correlationId,
      own,
      targetPosition ?? null,
      this.#levelOf(own, targetPosition),
    );
    for (const code of actorCodesOf(body.content)) this.#insertActor.run(crisis, code, event.position);
    this.#insertText.run(event.position, wordsOf(body));
    if (!changesMarking || targetPosition === undefined) return [];
    const steps = this.#mark(targetPosition, levelIndexOf(markingOf(body)));
    return steps.filter(({ subject }) => subject !== event.position);
  }

  /** An amendment is as restricted as the higher of its own marking and its target's; what has neither is RED. */
  #levelOf(own: number, target: number | undefined): number {
    if (target === undefined) return own === INHERIT ? HIGHEST : own;
    return Math.max(own, this.#row.get(target)?.['level'] as number);
  }

  #mark(position: number, own: number): MarkingStep[] {
    if (own < 0) return [];
    this.#setOwn.run(own, position);
    return this.#settle(position);
  }

  #settle(position: number): MarkingStep[] {
    const row = this.#row.get(position) as { own: number; target: number | null; level: number };
    const becomes = this.#levelOf(row.own, row.target ?? undefined);
    this.#setLevel.run(becomes, position);
    const amendments = this.#amendments.all(position) as { position: number }[];
    return [
      { subject: position, was: row.level, becomes },
      ...amendments.flatMap(({ position: amendment }) => this.#settle(amendment)),
    ];
  }

  /** Positions in order, `limit` at most. */
  find(filter: ListingFilter): Position[] {
    const { sql, values } = queryOf(filter);
    return (this.db.prepare(sql).all(...values) as { position: number }[]).map(({ position }) => position);
  }

  /** The next events of one crisis, or of all that `level` sees, in order. */
  visible({ level, crisis, after, upTo, limit }: VisibleQuestion): VisibleEvent[] {
    // The plus keeps the order of the record: crisis by crisis, all that is left would have to be sorted for each page.
    const rows = this.db
      .prepare(
        `SELECT position, crisis, type FROM listing
          WHERE ${crisis === undefined ? '' : 'crisis = ? AND '}position > ? AND position <= ? AND level <= ?
          AND +crisis IN (SELECT crisis FROM listing WHERE type = 'CrisisOpened' AND level <= ?)
          ORDER BY position LIMIT ?`,
      )
      .all(...(crisis === undefined ? [] : [crisis]), after, upTo, levelIndexOf(level), levelIndexOf(level), limit);
    return rows as unknown as VisibleEvent[];
  }

  /** The last event of the crisis at or before `position` that `level` sees; -1 when there is none. */
  lastVisible(crisis: string, position: Position, level: Level): Position {
    return (this.#last.get(crisis, position, levelIndexOf(level))?.['position'] as number | undefined) ?? -1;
  }

  /** Where the crisis was opened, if `level` sees that: else there is no such crisis for it. */
  openingOf(crisis: string, level: Level): Position | undefined {
    return this.#opening.get(crisis, levelIndexOf(level))?.['position'] as number | undefined;
  }

  /** Where the event is, if `level` sees it. */
  positionOf(crisis: string, eventId: string, level: Level): Position | undefined {
    const row = this.#find.get(eventId, crisis) as { position: number; level: number } | undefined;
    return row !== undefined && row.level <= levelIndexOf(level) ? row.position : undefined;
  }

  idAt(position: Position): string | undefined {
    return this.#row.get(position)?.['id'] as string | undefined;
  }

  /** The level of a crisis's opening, below which there is no crisis. */
  floorOf(crisis: string): number {
    return this.#floor.get(crisis)!['level'] as number;
  }

  /** The positions of the crisis below `before` that `level` does not see. */
  hidden(crisis: string, level: Level, before: Position): Position[] {
    const rows = this.db
      .prepare('SELECT position FROM listing WHERE crisis = ? AND position < ? AND level > ? ORDER BY position')
      .all(crisis, before, levelIndexOf(level));
    return rows.map((row) => row['position'] as number);
  }

  /** The marking in force at the head. */
  levelAt(position: Position): Level {
    return LEVELS[this.#row.get(position)?.['level'] as number] as Level;
  }

  /** Every amendment of an event, and theirs, that `level` sees, in position order. */
  amendmentsOf(position: Position, level: Level): Position[] {
    const direct = (this.#amendments.all(position) as { position: number }[]).map((row) => row.position);
    const all = direct.flatMap((amendment) => [amendment, ...this.amendmentsOf(amendment, 'RED')]);
    return [...new Set(all)]
      .filter((amendment) => levelIndexOf(this.levelAt(amendment)) <= levelIndexOf(level))
      .sort((a, b) => a - b);
  }

  /** Does the crisis hold anything RED at the head? */
  hasRed(crisis: string): boolean {
    return this.#red.get(crisis) !== undefined;
  }

  /** All crises that do. */
  redCrises(): string[] {
    const rows = this.db.prepare('SELECT DISTINCT crisis FROM listing WHERE level = 4 ORDER BY crisis').all();
    return rows.map((row) => row['crisis'] as string);
  }

  /** The crises that `level` sees, by name: those whose opening it sees. */
  crises(level: Level): string[] {
    const rows = this.db
      .prepare("SELECT crisis FROM listing WHERE type = 'CrisisOpened' AND level <= ? ORDER BY crisis")
      .all(levelIndexOf(level));
    return rows.map((row) => row['crisis'] as string);
  }
}

export interface VisibleQuestion {
  readonly level: Level;
  readonly crisis: string | undefined;
  readonly after: Position;
  readonly upTo: Position;
  readonly limit: number;
}

export interface VisibleEvent {
  readonly position: Position;
  readonly crisis: string;
  readonly type: string;
}

/** Tolerates anything: an unreadable event must not keep others from being listed. The fold reports it. */
function targetOf({ refs }: EventBody): string | undefined {
  const target = refs['data.target'];
  return typeof target === 'string' ? target : undefined;
}

const markingOf = ({ content }: EventBody): Level => (Object(content['data']) as { marking: Level }).marking;

/** Every actor code anywhere in the content: ends, mediators, parties, bodies, a correction's too. */
export function actorCodesOf(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) actorCodesOf(item, found);
  else if (typeof value === 'object' && value !== null) {
    const { code } = value as { code?: unknown };
    if (typeof code === 'string') found.add(code);
    for (const member of Object.values(value)) if (typeof member === 'object') actorCodesOf(member, found);
  }
  return found;
}

/** Every text of the content and of the sources. */
function wordsOf(body: EventBody): string {
  const words: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === 'string') words.push(value);
    else if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) collect(member);
  };
  collect(body.content);
  collect(body.sources);
  return words.join('\n');
}
