import type { ReadContext } from './read-context';
import type { Reader } from '../access/caller';
import type { ReadRequest } from './read-request';

interface Asked {
  readonly reader?: Reader;
  readonly crisis?: string;
  readonly red?: readonly string[];
}

/** Who asks, and about which crisis; a question to the feed has that in its query. */
export const askedBy = (request: ReadRequest): Asked => ('query' in request ? request.query : (request as Asked));

/**
 * The crises of which the answer to a question may contain something RED: those that hold any, as far as the reader is
 * RED there. May name too many, never too few.
 */
export function redIn({ store }: Pick<ReadContext, 'store'>, request: ReadRequest): string[] {
  const { reader, crisis, red = [] } = askedBy(request);
  if (reader === undefined) return [];
  if (reader.level !== 'RED') return crisis === undefined ? red.filter((id) => store.listing.hasRed(id)) : [];
  return crisis === undefined ? store.listing.redCrises() : store.listing.hasRed(crisis) ? [crisis] : [];
}
