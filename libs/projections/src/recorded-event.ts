import { upcast } from '#catalogue';
import type { StoredEvent } from '#event-log';
import type { EventBody } from './facts';
import type { RecordedEvent } from './frame';

/**
 * A stored event as the folds take it: parsed and upcast.
 * @throws UnknownEventType, NewerSchemaVersion when this build cannot read it.
 */
export function recordedEventOf(
  { position, id, type, marking, ...event }: StoredEvent,
  { content, refs, sources }: EventBody,
): RecordedEvent {
  const versions = {
    type,
    schemaVersion: event.schemaVersion,
    ...(event.contentSchemaVersion !== undefined && { contentSchemaVersion: event.contentSchemaVersion }),
  };
  return {
    position,
    id,
    type,
    marking,
    body: { content: upcast(content, versions), refs, sources },
  };
}
