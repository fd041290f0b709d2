import { randomUUID } from 'node:crypto';
import { AppendRequest, ExpectedRevision, NewEvent, StoredEvent, Writer } from '#event-log';

export const newId = (): string => randomUUID();

/** A new event with a little content; what a test is about it says itself. */
export function newEvent(fields: Partial<NewEvent> & { content?: object } = {}): NewEvent {
  const { content, ...rest } = fields;
  const id = rest.id ?? newId();
  const type = rest.type ?? 'StrikeReported';
  const element = { eventId: id, type, occurredAt: '2025-06-13T00:00:00Z', ...content };
  return { id, type, element, marking: 'CLEAR', schemaVersion: 1, references: [], ...rest };
}

/** An event that amends another. `marks` and `contentType` say how; without them it is a retraction. */
export const amendment = (target: string, fields: Partial<NewEvent> = {}): NewEvent =>
  newEvent({
    type: fields.marks ? 'MarkingChanged' : fields.contentType ? 'EventCorrected' : 'EventRetracted',
    target,
    references: [{ pointer: '/data/target', id: target }],
    content: {
      data: {
        target,
        ...(fields.marks && { marking: fields.marks }),
        ...(fields.contentType && { content: { type: fields.contentType } }),
      },
    },
    ...fields,
  });

export const append = (
  stream: string,
  events: NewEvent | readonly NewEvent[],
  expected: ExpectedRevision = 'any',
  writer: Writer = { principal: 'desk', level: 'RED' },
): AppendRequest => ({ stream, events: Array.isArray(events) ? events : [events as NewEvent], expected, writer });

export const ids = (events: Iterable<StoredEvent | NewEvent>): string[] => Array.from(events, ({ id }) => id);
