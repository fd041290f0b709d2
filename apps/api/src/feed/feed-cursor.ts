import type { FeedPlace } from '#projections';
import type { Tokens } from '../http/tokens';
import type { FeedQuery } from './feed-query';

/** The cursor that names a place in the feed to whoever asks this: bound to the reader's level and to the filter. */
export const feedCursor = (tokens: Tokens, { position, index }: FeedPlace, { reader, filter }: FeedQuery): string =>
  tokens.seal({ kind: 'point', position, index, level: reader.level, filter });
