import type { StoredMarking } from '../event-log';

/** The columns that are read of an event, in the order of `Row`. */
export const COLUMNS = `position, stream, revision, lower(hex(id)), type, recorded_at, marking, schema_version,
  content_schema_version, recorder, correlation_id, causation_id, body`;

export type Row = [
  position: number,
  stream: number,
  revision: number,
  id: string,
  type: string,
  recordedAt: number,
  marking: StoredMarking,
  schemaVersion: number,
  contentSchemaVersion: number | null,
  recorder: number,
  correlationId: string | null,
  causationId: string | null,
  body: string,
];

/** The same with everything that is checked against it. */
export const ENTRY_COLUMNS = `${COLUMNS}, seal, lower(hex(target)), marks, content_type`;

export type EntryRow = [...Row, seal: Uint8Array, target: string, marks: string | null, contentType: string | null];
