import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { StoredMarking } from '#event-log';
import { ROOT } from '../../../../test/support/fixture';
import type { CodeTable, EventBody } from '../facts';
import type { RecordedEvent } from '../frame';

/** An event as clients send it. */
export interface WireEvent {
  readonly eventId: string;
  readonly type: string;
  readonly tlp?: string;
  readonly occurredAt: string;
  readonly [field: string]: unknown;
}

const REFERENCES = ['respondsTo', 'ends', 'incidentId', 'data.basedOn', 'data.target', 'data.duplicateOf'];
const AMENDMENTS = ['EventCorrected', 'EventRetracted'];

/** A log in the wire shape, as the record would give it back; position = index. */
export const recorded = (events: readonly WireEvent[]): RecordedEvent[] =>
  events.map((event, position) => {
    const { eventId, type, tlp, ...content } = structuredClone(event) as WireEvent & { recordedAt?: string };
    const unmarked = AMENDMENTS.includes(type) ? 'inherit' : 'AMBER+STRICT';
    return { position, id: eventId, type, marking: (tlp ?? unmarked) as StoredMarking, body: divide(content) };
  });

function divide(content: Record<string, unknown>): EventBody {
  const take = (paths: readonly string[]): Record<string, unknown> =>
    Object.fromEntries(
      paths
        .flatMap((path) => [path, `data.content.${path}`])
        .flatMap((path) => takePath(content, path.split('.')).map((value) => [path, value])),
    );
  const refs = take(REFERENCES);
  return { refs, sources: take(['sources']), content };
}

function takePath(object: Record<string, unknown>, [name, ...rest]: string[]): unknown[] {
  if (name === undefined || typeof object !== 'object' || !(name in object)) return [];
  if (rest.length > 0) return takePath(object[name] as Record<string, unknown>, rest);
  const value = object[name];
  delete object[name];
  return [value];
}

const rows: Record<string, string>[] = parse(readFileSync(join(ROOT, 'libs/catalogue/src/cameo-map.csv')), {
  columns: true,
});
const table = new Map(
  rows.map((row) => [
    row.cameo_code!,
    {
      code: row.cameo_code!,
      goldstein10: Math.round(Number(row.goldstein_gdelt) * 10),
      kinetic: row.kinetic === 'true',
    },
  ]),
);

/** The published table, read here because a projection takes it as an argument. */
export const codes: CodeTable = (code) => {
  for (let length = code.length; length >= 2; length--) {
    const found = table.get(code.slice(0, length));
    if (found !== undefined) return found;
  }
  return undefined;
};
