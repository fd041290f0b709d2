import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

/** A table that ships beside this file: comments after #, the first row names the columns. */
export const readCsv = <Row>(file: string): Row[] =>
  parse<Row>(readFileSync(join(__dirname, file)), { columns: true, comment: '#', skip_empty_lines: true });
