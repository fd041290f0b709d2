import { UnknownSchemaVersion, read, UnknownEventType } from '#catalogue';
import { crisisOf, elementOf, type Level, type StoredEvent } from '#event-log';
import type { Reader } from '../access/caller';

/**
 * A stored event as its readers get it: the element as sent, upcast, with what is derived and what the
 * server knows of it. `tlp` is the marking it was appended with, `marking` the one in force now. One that
 * this build cannot read is shown as it was sent, and says so.
 */
export function wireEvent(event: StoredEvent, marking: Level, reader: Reader): Record<string, unknown> {
  return {
    eventId: event.id,
    crisisId: crisisOf(event.stream),
    type: event.type,
    ...readable(event),
    ...known(event, marking, reader),
  };
}

function readable(event: StoredEvent): object {
  try {
    return read({
      ...header(event),
      ...(JSON.parse(event.body) as { content: object; refs: object; sources: object }),
    });
  } catch (error) {
    if (error instanceof UnknownEventType || error instanceof UnknownSchemaVersion) {
      return { ...elementOf(event.body), schemaVersion: event.schemaVersion, unreadable: error.message };
    }
    throw error;
  }
}

/**
 * One line of an export: as sent, so that it can be appended elsewhere and means the same; the server's fields beside
 * it.
 */
export function exportedEvent(event: StoredEvent, marking: Level, reader: Reader): Record<string, unknown> {
  return {
    eventId: event.id,
    crisisId: crisisOf(event.stream),
    type: event.type,
    ...elementOf(event.body),
    schemaVersion: event.schemaVersion,
    ...known(event, marking, reader),
  };
}

const header = (event: StoredEvent) => ({
  type: event.type,
  schemaVersion: event.schemaVersion,
  ...(event.contentSchemaVersion !== undefined && { contentSchemaVersion: event.contentSchemaVersion }),
});

const known = (event: StoredEvent, marking: Level, { seesNumbers }: Reader): object => ({
  ...(event.marking !== 'inherit' && { tlp: event.marking }),
  marking,
  recordedAt: new Date(event.recordedAt).toISOString(),
  recordedBy: event.recordedBy,
  correlationId: event.correlationId,
  ...(event.causationId !== undefined && { causationId: event.causationId }),
  ...(seesNumbers && { revision: event.revision, position: event.position }),
});
