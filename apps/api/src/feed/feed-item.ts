import type { StoredEvent } from '#event-log';
import { actorCodesOf, type FeedEntry, type FeedKind, type FeedPlace } from '#projections';
import { type CloudEventSource, itemIdOf } from './cloud-event';

/** What an item is found by: all but its text. */
export interface FeedItemKey extends FeedPlace {
  readonly kind: FeedKind;
  /** Of the CloudEvent. */
  readonly id: string;
  /** Of the event that it is about. */
  readonly eventId: string;
  readonly crisis: string;
  readonly type: string;
  readonly actors: readonly string[];
}

/** An item with its CloudEvent, made once for all who get it. */
export interface FeedItem extends FeedItemKey {
  readonly json: string;
}

/** Sorts after every item of a position. */
export const LAST_INDEX = 0xffff_ffff;

export function keyOf(source: CloudEventSource, entry: FeedEntry, subject: StoredEvent, content: object): FeedItemKey {
  const { position, index, kind, crisis } = entry;
  const { id: eventId, type } = subject;
  const actors = [...actorCodesOf(content)];
  return { position, index, kind, id: itemIdOf(source, entry, subject), eventId, crisis, type, actors };
}
