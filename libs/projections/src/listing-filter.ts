import { LEVELS, type Level, type Position } from '#event-log';

/** Which events of a crisis are asked for. */
export interface ListingFilter {
  readonly crisis: string;
  readonly level: Level;
  readonly types?: readonly string[];
  /** A code or the beginning of one: `IRN` finds `IRNMIL`. */
  readonly actor?: string;
  /** Milliseconds since the epoch, both inclusive, of `occurredAt`. */
  readonly from?: number;
  readonly to?: number;
  readonly correlationId?: string;
  /** Words that must all occur, in any order; the last may be a beginning. */
  readonly words?: string;
  readonly after: Position;
  readonly limit: number;
}

/** Positions in order, `limit` at most: filters and level act in the query, each by an index. */
export function queryOf(filter: ListingFilter): { sql: string; values: (string | number)[] } {
  const conditions = ['crisis = ?', 'level <= ?', 'position > ?'];
  const values: (string | number)[] = [filter.crisis, LEVELS.indexOf(filter.level), filter.after];
  const add = (condition: string, ...more: (string | number)[]): void => {
    conditions.push(condition);
    values.push(...more);
  };
  if (filter.types) add(`type IN (${filter.types.map(() => '?').join(', ')})`, ...filter.types);
  if (filter.from !== undefined) add('instant >= ?', filter.from);
  if (filter.to !== undefined) add('instant <= ?', filter.to);
  if (filter.correlationId !== undefined) add('correlation = ?', filter.correlationId);
  if (filter.actor !== undefined) {
    add(
      'position IN (SELECT position FROM listing_actor WHERE crisis = ? AND code >= ? AND code < ?)',
      filter.crisis,
      filter.actor,
      `${filter.actor}[`,
    );
  }
  const match = matchOf(filter.words ?? '');
  if (match !== '') add('position IN (SELECT rowid FROM listing_text WHERE listing_text MATCH ?)', match);
  return {
    sql: `SELECT position FROM listing WHERE ${conditions.join(' AND ')} ORDER BY position LIMIT ?`,
    values: [...values, filter.limit],
  };
}

/**
 * Every word quoted, so that no word is an operator of the full-text language. An accent that is written behind its letter
 * is of the word, as it is where the text is taken apart.
 */
function matchOf(words: string): string {
  const quoted = words
    .split(/[^\p{L}\p{N}\u0300-\u036f]+/u)
    .filter(Boolean)
    .map((word) => `"${word}"`);
  return quoted.length === 0 ? '' : `${quoted.join(' ')}*`;
}
