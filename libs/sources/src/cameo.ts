import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

// To be replaced by `cameo` of #catalogue, which has this shape.
export interface CameoEntry {
  readonly code: string;
  readonly eventType: string;
  readonly subType: string;
}

const rows = parse(readFileSync(join(__dirname, '../../catalogue/src/cameo-map.csv')), { columns: true }) as Record<
  string,
  string
>[];
const map = new Map(
  rows.map((row) => [row.cameo_code!, { code: row.cameo_code!, eventType: row.event_type!, subType: row.sub_type! }]),
);

export const cameo = (code: string): CameoEntry | undefined => {
  for (let length = code.length; length >= 2; length--) {
    const found = map.get(code.slice(0, length));
    if (found !== undefined) return found;
  }
  return undefined;
};
