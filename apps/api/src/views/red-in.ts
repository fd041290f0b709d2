import type { ReadContext } from './read-context';
import type { Reader, ReadRequest } from './read-request';

/**
 * The crises of a question in whose answer something RED may stand: those that hold any, where the reader is RED.
 * None for the open server's principal, who is nobody. Wider than need be, never narrower.
 */
export function redIn({ store }: ReadContext, request: ReadRequest): string[] {
  const { reader, crisis, red } = request as { reader?: Reader; crisis?: string; red?: readonly string[] };
  if (reader === undefined || reader.name === 'open') return [];
  const asked = crisis === undefined ? red : reader.level === 'RED' ? [crisis] : [];
  return (asked ?? []).filter((id) => store.listing.hasRed(id));
}
