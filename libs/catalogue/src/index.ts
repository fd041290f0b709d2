import { createCatalogue, type EventOf } from './catalogue';
import { definitionsIn } from './define-event';
import * as families from './events';
import * as reports from './events/reports';
import { componentSchemas, elementSchema } from './json-schema';

/**
 * What may happen in a crisis. Everything here follows from the definitions in `events/`: what is accepted, how it is
 * described, what it weighs and how old versions are read.
 */
const catalogue = createCatalogue(definitionsIn(families));

export const { definitions, parse, read, upcast } = catalogue;

/** Any event as read; its `type` tells which. */
export type CrisisEvent = EventOf<(typeof definitions)[number]>;
export type EventType = CrisisEvent['type'];

/** The types that report on the world: what views are made of. */
export const REPORT_TYPES = definitionsIn(reports).map(({ type }) => type);
export type ReportType = (typeof REPORT_TYPES)[number];

/** JSON Schema 2020-12 of the whole element of a type as sent. */
export const jsonSchema = (type: EventType) => elementSchema(definitions.find((its) => its.type === type)!);

/** `components.schemas` of an OpenAPI 3.1 document; `NewEvent` is the body of an append. */
export const openApiSchemas = () => componentSchemas(definitions);

export { readSchemaUri } from './json-schema';
export { cameo, type CameoEntry, type CameoEventType } from './cameo';
export { InvalidEvent, UnknownSchemaVersion, UnknownEventType } from './errors';
export { ACTOR_CODE_PATTERN, isActorCode } from './actor-code';
export { isCrisisId } from './crisis-id';
export * from './limits';
export * from './vocabulary';
export type { Violation } from './compile';
export type { Actor, Location, Source } from './envelope-fields';
export type { EventDefinition } from './define-event';
export type { ParseContext, ParsedEvent } from './parse';
export type { Derived, StoredContent } from './read';
export type { Reference } from './references';
