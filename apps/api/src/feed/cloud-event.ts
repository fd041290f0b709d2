import { v5 as uuidV5 } from 'uuid';
import { readSchemaUri } from '#catalogue';
import { LEVELS, type StoredEvent } from '#event-log';
import type { FeedEntry } from '#projections';
import { wireEvent } from '../view-worker/wire-event';
import type { ReadContext } from '../view-worker/read-context';
import type { Reader } from '../access/caller';

/** What items are made from. */
export type CloudEventSource = Pick<ReadContext, 'log' | 'origin'>;

/**
 * An item of the feed as CloudEvents 1.0 JSON. Its `id` is the event's own; for a release or a withdrawal it is a
 * UUIDv5 of that and of the change of marking. Of a withdrawn event only its id is told. The text depends on the record
 * and the reader only: whoever may see the item gets the same bytes, at any time.
 */
export function cloudEvent(source: CloudEventSource, entry: FeedEntry, subject: StoredEvent, reader: Reader): string {
  const { kind, crisis } = entry;
  const cause = causeOf(source, entry, subject);
  const data =
    kind === 'withdraw'
      ? { eventId: subject.id, crisisId: crisis }
      : wireEvent(subject, LEVELS[entry.marking]!, reader);
  return JSON.stringify({
    specversion: '1.0',
    id: itemIdOf(source, entry, subject),
    source: `${source.origin}/crises/${crisis}`,
    type: subject.type,
    subject: subject.id,
    time: new Date(cause.recordedAt).toISOString(),
    datacontenttype: 'application/json',
    ...schemaOf(subject.type, data),
    crisisid: crisis,
    item: kind,
    data,
  });
}

/** None for an event that this build cannot read, nor for a withdrawal. */
const schemaOf = (type: string, { schemaVersion, unreadable }: Readonly<Record<string, unknown>>): object =>
  schemaVersion === undefined || unreadable !== undefined
    ? {}
    : { dataschema: readSchemaUri(type, schemaVersion as number) };

export const itemIdOf = (source: CloudEventSource, entry: FeedEntry, subject: StoredEvent): string =>
  entry.kind === 'event' ? subject.id : uuidV5(causeOf(source, entry, subject).id, subject.id);

/** What put the item at its position: the event itself, or a change of marking. */
const causeOf = ({ log }: CloudEventSource, { kind, position }: FeedEntry, subject: StoredEvent): StoredEvent =>
  kind === 'event' ? subject : log.at(position)!;
