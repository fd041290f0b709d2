import { actorParameter, typesParameter } from '../http/event-filters';
import type { Query } from '../http/parameters';
import type { Reader } from '../access/caller';
import type { FeedItemKey } from './feed-item';

/** Which part of the feed is asked for: all that the reader may see, unless narrowed. */
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

/** The filters of a request, checked. The crisis comes checked, since the reader's level depends on it. */
export function feedQuery(query: Query, reader: Reader, crisis: string | undefined): FeedQuery {
  const types = typesParameter(query);
  const actor = actorParameter(query);
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
