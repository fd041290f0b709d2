import {
  type BrokenRow,
  eventIds,
  type FeedRow,
  type Fit,
  mapRow,
  type MappedEvent,
  readGdelt,
  readIcews,
} from '#sources';

export const FORMATS = ['gdelt', 'icews', 'ndjson'] as const;
export type Format = (typeof FORMATS)[number];

/** An event to send. */
export interface EventItem {
  readonly eventId: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly incidentId?: string;
  readonly json: string;
  /** Of its line, where rows are lines. */
  readonly number?: number;
}

/** What one row of a file is to an import: an event, no event of this crisis, or nothing that can be sent. */
export type Item = (
  EventItem | { readonly skipped: string } | { readonly broken: string; readonly number?: number }
) & {
  readonly unresolved?: { readonly names: readonly string[]; readonly withParty: boolean };
};

/** Rows of a feed as events of the crisis that `fit` describes. */
export async function* readFeed(
  format: 'gdelt' | 'icews',
  bytes: AsyncIterable<Buffer>,
  fit: Fit,
): AsyncGenerator<Item> {
  const idOf = eventIds();
  for await (const row of (format === 'gdelt' ? readGdelt : readIcews)(bytes)) yield feedItem(row, fit, idOf);
}

const feedItem = (row: FeedRow | BrokenRow, fit: Fit, idOf: (row: FeedRow) => string): Item => {
  if ('broken' in row) return { skipped: row.broken };
  const mapped = mapRow(row, fit, idOf);
  const unresolved = unresolvedOf(row, fit);
  return {
    ...('event' in mapped ? eventItem(mapped.event) : mapped),
    ...(unresolved !== undefined && { unresolved }),
  };
};

const eventItem = (event: MappedEvent): EventItem => ({
  eventId: event.eventId,
  type: event.type,
  occurredAt: event.occurredAt,
  incidentId: event.incidentId,
  json: JSON.stringify(event),
});

const unresolvedOf = ({ source, target }: FeedRow, fit: Fit): Item['unresolved'] => {
  const ends = [source, target];
  const names = ends.filter(({ actors }) => actors === undefined).map(({ name }) => name);
  if (names.length === 0) return undefined;
  return { names, withParty: fit.isAbout(ends.flatMap(({ actors = [] }) => actors.map(({ code }) => code))) };
};
