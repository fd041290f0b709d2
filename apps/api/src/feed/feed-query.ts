import { definitions } from '#catalogue';
import { badParameter, type Query, textParameter } from '../http/parameters';
import type { Reader } from '../view-worker/read-request';
import type { FeedItemKey } from './feed-item';

/** What of the feed is asked for: all that the reader may see, unless narrowed. */
export interface FeedQuery {
  readonly reader: Reader;
  readonly crisis?: string;
  readonly types?: readonly string[];
  /** A code or the beginning of one. */
  readonly actor?: string;
  /** The filter as text, to which cursors are bound; '' for none. */
  readonly filter: string;
}

export const FILTERS = ['crisis', 'type', 'actor'] as const;

const TYPES: readonly string[] = definitions.map(({ type }) => type);

/** The filters of a request, checked; the crisis by its reader's level comes from the caller. */
export function feedQuery(query: Query, reader: Reader, crisis: string | undefined): FeedQuery {
  const types = textParameter(query, 'type')?.split(',');
  const unknown = types?.find((type) => !TYPES.includes(type));
  if (unknown !== undefined) throw badParameter('type', `${unknown} is no event type; there are ${TYPES.join(', ')}.`);
  const actor = textParameter(query, 'actor');
  if (actor !== undefined && !/^[A-Z]{3,15}$/.test(actor))
    throw badParameter('actor', 'an actor code such as IRN or IRNMIL; a shorter one finds those that begin with it.');
  const given = [
    crisis && `crisis=${crisis}`,
    types && `type=${types.toSorted().join(',')}`,
    actor && `actor=${actor}`,
  ];
  return {
    reader,
    ...(crisis !== undefined && { crisis }),
    ...(types && { types }),
    ...(actor !== undefined && { actor }),
    filter: given.filter(Boolean).join('&'),
  };
}

export const isAsked = (
  item: Pick<FeedItemKey, 'crisis' | 'type' | 'actors'>,
  { crisis, types, actor }: Omit<FeedQuery, 'reader' | 'filter'>,
): boolean =>
  (crisis === undefined || item.crisis === crisis) &&
  (types === undefined || types.includes(item.type)) &&
  (actor === undefined || item.actors.some((code) => code.startsWith(actor)));
