import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { listed } from './briefing-words';

interface Row {
  readonly code: string;
  readonly name: string;
}

const rows: Row[] = parse(readFileSync(join(__dirname, 'briefing-names.csv')), { columns: true });
const names = new Map(rows.map(({ code, name }) => [code, name]));

/**
 * A country or body by its CAMEO code, as one says it within a sentence; of a longer code (`IRNMIL`) the one whose it
 * is. An unknown code stays a code.
 */
export function nameOf(code: string): string {
  for (let length = code.length; length >= 3; length--) {
    const name = names.get(code.slice(0, length));
    if (name !== undefined) return name;
  }
  return code;
}

export const namesOf = (codes: readonly string[]): string =>
  codes.length === 0 ? 'nobody named' : listed([...new Set(codes.map(nameOf))]);
