import { definitions, openApiSchemas, TLP } from '#catalogue';
import {
  COUNT,
  CRISIS_ID,
  EVENT_ID,
  FLAG,
  list,
  nullable,
  NUMBER,
  object,
  oneOf,
  ref,
  said,
  type Schema,
  TEXT,
  TIME,
  TOKEN,
  words,
} from '../schema';

const MARKING = said('The marking in force.', words(TLP));
const DERIVED = {
  schemaVersion: said('Of the type, as this build reads it.', { type: 'integer', minimum: 1 }),
  goldstein: said('The published weight of its code, -10 to 10.', { ...NUMBER, minimum: -10, maximum: 10 }),
  subType: TEXT,
  kinetic: FLAG,
};
const PLACE = {
  revision: said('Place in the crisis, from 0. For those who may see numbers.', COUNT),
  position: said('Place in the whole log, from 0. For those who may see numbers.', COUNT),
};
const RECORDED = {
  eventId: EVENT_ID,
  crisisId: CRISIS_ID,
  marking: MARKING,
  recordedAt: TIME,
  recordedBy: object({ principal: TEXT, instance: TEXT, build: TEXT }),
  correlationId: TEXT,
  causationId: TEXT,
  ...PLACE,
};
const ALWAYS = ['schemaVersion', 'eventId', 'crisisId', 'marking', 'recordedAt', 'recordedBy', 'correlationId'];

type ObjectSchema = Schema & { readonly properties: Record<string, Schema>; readonly required: readonly string[] };
const sent = openApiSchemas() as Record<string, ObjectSchema>;

/** The schema of what is sent, with what reading adds to it. */
function withMembers(name: string, members: Record<string, Schema>, required: readonly string[]): Schema {
  const { title: _title, description: _description, examples: _examples, ...schema } = sent[name]!;
  return {
    ...schema,
    properties: { ...schema.properties, ...members },
    required: [...new Set([...schema.required, ...required])],
  };
}

const types = definitions.map(({ type }) => type);
const reports = definitions.filter(({ kind }) => kind === 'report').map(({ type }) => type);
export const asRead = (type: string): string => `${type}AsRead`;
const asCorrected = (type: string): string => `${type}AsCorrected`;

export const EVENTS: Readonly<Record<string, Schema>> = {
  Event: said(
    'An event as read: as it was sent, in the current version of its type, with what is derived and what the server knows.',
    oneOf(...types.map(asRead), 'UnreadableEvent'),
  ),
  ...Object.fromEntries(types.map((type) => [asRead(type), withMembers(type, { ...RECORDED, ...DERIVED }, ALWAYS)])),
  UnreadableEvent: said('An event that this build cannot read, as it was sent.', {
    type: 'object',
    properties: { ...RECORDED, type: TEXT, schemaVersion: DERIVED.schemaVersion, unreadable: TEXT },
    required: [...ALWAYS, 'type', 'unreadable'],
  }),
  CorrectedEvent: said('The content of the correction in force.', {
    oneOf: reports.map((type) => ref(asCorrected(type))),
  }),
  ...Object.fromEntries(
    reports.map((type) => [
      asCorrected(type),
      withMembers(
        `${type}Content`,
        { ...DERIVED, eventId: EVENT_ID, crisisId: CRISIS_ID, marking: MARKING, correctedBy: EVENT_ID },
        ['schemaVersion', 'eventId', 'crisisId', 'marking', 'correctedBy'],
      ),
    ]),
  ),
  EventPage: object({
    events: list(ref('Event')),
    next: said('Send it as `after`, with the same filters. Null on the last page.', nullable(TOKEN)),
  }),
  EventWithAmendments: object({
    event: ref('Event'),
    amendments: said('Those that name it, in the order in which they became known.', list(ref('Event'))),
    effective: said('What of a report is in force; null when it is retracted, and for events that are no reports.', {
      anyOf: [ref('Event'), ref('CorrectedEvent'), { type: 'null' }],
    }),
    cursor: said('The point at which it was the last.', TOKEN),
    before: said('The point before it; null when it is the first.', nullable(TOKEN)),
  }),
};
