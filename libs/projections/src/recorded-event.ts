import { upcast } from '#catalogue';
import type { StoredEvent } from '#event-log';
import type { EventBody } from './facts';
import type { RecordedEvent } from './frame';

/**
 * A stored event as the folds take it: parsed and upcast.
 * @throws UnknownEventType, UnknownSchemaVersion when this build cannot read it.
 */
export const recordedEventOf = (stored: StoredEvent, { content, refs, sources }: EventBody): RecordedEvent => ({
  position: stored.position,
  id: stored.id,
  type: stored.type,
  marking: stored.marking,
  body: { content: upcast(content, stored), refs, sources },
});
