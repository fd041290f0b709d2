import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

/** What the map says of a code; `code` is the mapped one, possibly a prefix of what was asked. */
export interface CameoEntry {
  readonly code: string;
  /** The Goldstein weight of GDELT's published column, times 10: an integer from -100 to 100. */
  readonly goldstein10: number;
  /** Force was used: true of most strike codes, false of postures and detentions and of every other type. */
  readonly kinetic: boolean;
  readonly eventType: CameoEventType;
  readonly subType: string;
}

export type CameoEventType =
  | 'strike'
  | 'mediation_contact'
  | 'sanctions_statement'
  | 'multilateral_engagement'
  | 'confidence_building'
  | 'official_statement'
  | 'out_of_scope';

type Row = Record<'cameo_code' | 'goldstein_gdelt' | 'event_type' | 'sub_type' | 'kinetic', string>;

const SHORTEST = 2;

// Codes stay strings: 010 is not 10.
const readMap = (): Map<string, CameoEntry> => {
  const rows: Row[] = parse(readFileSync(join(__dirname, 'cameo-map.csv')), {
    columns: true,
  });
  return new Map(rows.map((row) => [row.cameo_code, Object.freeze(entry(row))]));
};

const entry = (row: Row): CameoEntry => ({
  code: row.cameo_code,
  goldstein10: Math.round(Number(row.goldstein_gdelt) * 10),
  kinetic: row.kinetic === 'true',
  eventType: row.event_type as CameoEventType,
  subType: row.sub_type,
});

const map = readMap();

/**
 * The map's entry for a code, or for its longest mapped prefix of at least two digits: CAMEO 1.1b3 has codes (1951,
 * 176) that the published weights lack. Undefined when nothing is mapped; the caller must not invent a weight.
 */
export const cameo = (code: string): CameoEntry | undefined => {
  for (let length = code.length; length >= SHORTEST; length--) {
    const found = map.get(code.slice(0, length));
    if (found !== undefined) return found;
  }
  return undefined;
};

/** Every entry, in the order of the published table. */
export const cameoEntries = (): Iterable<CameoEntry> => map.values();

/** Which codes an event type takes: those the map gives to `mapped`, and those that match `also` after fallback. */
export interface CameoCodes {
  readonly mapped: CameoEventType;
  readonly also?: RegExp;
}

export const agrees = (found: CameoEntry, codes: CameoCodes): boolean =>
  found.eventType === codes.mapped || (codes.also?.test(found.code) ?? false);
