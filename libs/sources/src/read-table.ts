import { Readable, pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import { peek } from './peek';

const MAX_RECORD_BYTES = 1024 * 1024;

/** A file that is not of the format it was said to be. */
export class UnknownLayout extends Error {}

/** One row: its cells by column name, and where it stands (rows counted from 1, the header not). */
export interface TableRow {
  readonly number: number;
  /** Empty for a column that the file does not have. */
  cell(column: string): string;
  /** False when the row has another number of cells than the table has columns. */
  readonly isWhole: boolean;
}

/** The columns of a table, from its first row; `isHeader` says whether that row is a header or already data. */
export type Layout = (firstRow: readonly string[]) => { columns: readonly string[]; isHeader: boolean };

/**
 * Rows of a tab-separated file (no quoting, as GDELT and ICEWS publish it) or of a CSV (quoted); which of the two, the
 * first line tells. Nothing is held but the row at hand.
 * @throws UnknownLayout from `layout`.
 */
export async function* readTable(bytes: AsyncIterable<Buffer>, layout: Layout): AsyncGenerator<TableRow> {
  const { head, all } = await peek(bytes, (start) => start.includes('\n'));
  const isTabbed = head.toString('latin1').split('\n', 1)[0]!.includes('\t');
  const rows = parse({
    bom: true,
    delimiter: isTabbed ? '\t' : ',',
    quote: isTabbed ? false : '"',
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_BYTES,
  });
  // A failure on either side destroys the parser, and reading it below throws that failure.
  pipeline(Readable.from(all), rows, () => undefined);
  let places: ReadonlyMap<string, number> | undefined;
  let number = 0;
  for await (const cells of rows as AsyncIterable<string[]>) {
    if (places === undefined) {
      const { columns, isHeader } = layout(cells);
      places = new Map(columns.map((column, place) => [column, place]));
      if (isHeader) continue;
    }
    yield tableRow(++number, cells, places);
  }
}

const tableRow = (number: number, cells: readonly string[], places: ReadonlyMap<string, number>): TableRow => ({
  number,
  cell: (column) => cells[places.get(column) ?? -1]?.trim() ?? '',
  isWhole: cells.length === places.size,
});
