import type { ReadContext } from './read-context';
import type { Reader } from '../access/caller';
import type { ReadRequest } from './read-request';

interface Asked {
  readonly reader?: Reader;
  readonly crisis?: string;
  readonly red?: readonly string[];
}

/** Who asks, and of which crisis: of a question to the feed its query says so. */
export const askedBy = (request: ReadRequest): Asked => ('query' in request ? request.query : (request as Asked));

/**
 * The crises of a question in whose answer something RED may stand: those that hold any, where the reader is RED.
 * Wider than need be, never narrower.
 */
export function redIn({ store }: Pick<ReadContext, 'store'>, request: ReadRequest): string[] {
  const { reader, crisis, red = [] } = askedBy(request);
  if (reader === undefined) return [];
  if (reader.level !== 'RED') return crisis === undefined ? red.filter((id) => store.listing.hasRed(id)) : [];
  return crisis === undefined ? store.listing.redCrises() : store.listing.hasRed(crisis) ? [crisis] : [];
}
