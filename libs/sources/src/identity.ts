import { v5 as uuidV5 } from 'uuid';
import type { Feed, FeedRow } from './feed-row';
import { canonical } from './canonical';

/**
 * Ids that a second import of the same file makes again, so that sending a row twice stores it once. Changing anything
 * here makes every feed new: the golden ids of the spec hold it.
 */

/** The namespace of a feed is the UUIDv5 of its address. */
const namespaceOf = (feed: Feed): string => uuidV5(feed.address, uuidV5.URL);

/** JSON keeps the parts apart, whatever is in them. */
const idOf = (feed: Feed, kind: string, parts: readonly unknown[]): string =>
  uuidV5(JSON.stringify([kind, ...parts]), namespaceOf(feed));

/**
 * Gives rows their event ids, in the order of the file: from the feed's own id or, where it has none, from date,
 * source, text, target and the ordinal among rows equal in all four. Memory grows with the rows of the second kind.
 */
export const eventIds = (): ((row: FeedRow) => string) => {
  const seen = new Map<string, number>();
  return (row) => {
    if (row.id !== undefined) return idOf(row.feed, 'event', [row.id]);
    const parts = [row.day, row.source.name, row.text ?? row.cameoCode, row.target.name];
    const key = JSON.stringify(parts);
    const ordinal = seen.get(key) ?? 0;
    seen.set(key, ordinal + 1);
    return idOf(row.feed, 'event', [...parts, ordinal]);
  };
};

const VISIT = '042';
const HOSTED_VISIT = '043';

/**
 * Joins the reports of one incident: same feed, day, type and code between the same two ends, whichever of them is the
 * source. A visit and its hosting are one. The ends are the resolved actors, so it does not change with the frame.
 */
export const incidentId = (
  row: FeedRow,
  type: string,
  source: readonly string[],
  target: readonly string[],
): string => {
  const ends = [source, target].map((codes) => codes.toSorted().join('+')).sort();
  const code = row.cameoCode === HOSTED_VISIT ? VISIT : row.cameoCode;
  return idOf(row.feed, 'incident', [row.day, ...ends, type, code]);
};

const CORRECTIONS = uuidV5('https://crisis-log.invalid/corrections', uuidV5.URL);

/** The id of the correction that gives an event this content: the same again for the same content. */
export const correctionId = (eventId: string, content: unknown): string =>
  uuidV5(`${eventId} ${canonical(content)}`, CORRECTIONS);

const LINES = uuidV5('https://crisis-log.invalid/lines', uuidV5.URL);

/** The id of an NDJSON line that brings none: of its text and its ordinal among equal lines. */
export const lineId = (text: string, ordinal: number): string => uuidV5(`${ordinal} ${text}`, LINES);
