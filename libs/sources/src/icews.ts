import { isoOfCountry } from './countries';
import {
  type BrokenRow,
  coordinates,
  type Feed,
  type FeedRow,
  isDay,
  label,
  type Place,
  type RowEnd,
} from './feed-row';
import { resolveIcews } from './icews-actors';
import { type Layout, readTable, type TableRow, UnknownLayout } from './read-table';

export const ICEWS: Feed = { name: 'ICEWS', address: 'https://doi.org/10.7910/DVN/28075' };

const NATIVE = {
  id: 'Event ID',
  date: 'Event Date',
  text: 'Event Text',
  code: 'CAMEO Code',
  source: 'Source Name',
  target: 'Target Name',
};

/** The ICEWS14 benchmark with CAMEO codes joined to it: no ids, no places, no countries. */
const BENCHMARK: typeof NATIVE = {
  id: '',
  date: 'date',
  text: 'event_text',
  code: 'cameo_code',
  source: 'source',
  target: 'target',
};

const namesOf = (layout: typeof NATIVE): string => Object.values(layout).filter(Boolean).join(', ');

/**
 * ICEWS events: native files with their header, or the ICEWS14 benchmark as a CSV.
 * @throws UnknownLayout when it is neither.
 */
export async function* readIcews(bytes: AsyncIterable<Buffer>): AsyncGenerator<FeedRow | BrokenRow> {
  let columns = NATIVE;
  const layout: Layout = (firstRow) => {
    const found = [NATIVE, BENCHMARK].find((its) =>
      Object.values(its).every((name) => !name || firstRow.includes(name)),
    );
    if (found === undefined)
      throw new UnknownLayout(
        `not an ICEWS file: its first row must name ${namesOf(NATIVE)}; or, of the ICEWS14 benchmark, ${namesOf(BENCHMARK)}`,
      );
    columns = found;
    return { columns: firstRow, isHeader: true };
  };
  for await (const row of readTable(bytes, layout)) yield icewsRow(row, columns);
}

const icewsRow = (row: TableRow, columns: typeof NATIVE): FeedRow | BrokenRow => {
  const { number } = row;
  const day = row.cell(columns.date).slice(0, 'YYYY-MM-DD'.length);
  const id = row.cell(columns.id);
  if (!row.isWhole) return { number, broken: 'wrong number of cells' };
  if (!isDay(day)) return { number, broken: 'no such day' };
  if (columns === NATIVE && id === '') return { number, broken: 'no Event ID' };
  const location = place(row);
  return {
    feed: ICEWS,
    number,
    // An Event ID alone is not unique in ICEWS, with its day it is.
    ...(id !== '' && { id: `${id} ${day}` }),
    day,
    cameoCode: row.cell(columns.code),
    text: label(row.cell(columns.text)) ?? '',
    source: end(row, columns.source, 'Source', day),
    target: end(row, columns.target, 'Target', day),
    ...(location !== undefined && { location }),
  };
};

const end = (row: TableRow, column: string, side: 'Source' | 'Target', day: string): RowEnd => {
  const name = label(row.cell(column));
  if (name === undefined) return { name: '', actors: [] };
  const columns = { country: row.cell(`${side} Country`), sectors: row.cell(`${side} Sectors`) };
  return { name, actors: resolveIcews(name, day, columns) };
};

/** The finest division that is named decides how precise it is, in UCDP's steps. */
const place = (row: TableRow): Place | undefined => {
  const [city, district, province, country] = ['City', 'District', 'Province', 'Country'].map((name) =>
    label(row.cell(name)),
  );
  const name = city ?? district ?? province ?? country;
  if (name === undefined) return undefined;
  const iso3 = isoOfCountry(country ?? '');
  return {
    ...(iso3 !== undefined && { iso3 }),
    ...(province !== undefined && { admin1: province }),
    name,
    ...coordinates(row.cell('Latitude'), row.cell('Longitude')),
    geoPrecision: city !== undefined ? 2 : district !== undefined ? 3 : province !== undefined ? 4 : 6,
  };
};
