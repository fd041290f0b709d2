import { isActorCode } from '#catalogue';
import { bodyOfGdelt } from './bodies';
import { isoOfFips } from './countries';
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
import { type Layout, readTable, type TableRow, UnknownLayout } from './read-table';

export const GDELT: Feed = { name: 'GDELT', address: 'https://www.gdeltproject.org/' };

/** The 61 columns of a GDELT 2.0 event export, which has no header. */
export const NATIVE_COLUMNS = [
  ...['GLOBALEVENTID', 'SQLDATE', 'MonthYear', 'Year', 'FractionDate'],
  ...actorColumns('Actor1'),
  ...actorColumns('Actor2'),
  ...['IsRootEvent', 'EventCode', 'EventBaseCode', 'EventRootCode', 'QuadClass', 'GoldsteinScale'],
  ...['NumMentions', 'NumSources', 'NumArticles', 'AvgTone'],
  ...placeColumns('Actor1Geo'),
  ...placeColumns('Actor2Geo'),
  ...placeColumns('ActionGeo'),
  ...['DATEADDED', 'SOURCEURL'],
];

function actorColumns(actor: string): string[] {
  const parts =
    'Code Name CountryCode KnownGroupCode EthnicCode Religion1Code Religion2Code Type1Code Type2Code Type3Code';
  return parts.split(' ').map((part) => actor + part);
}

function placeColumns(place: string): string[] {
  return 'Type FullName CountryCode ADM1Code ADM2Code Lat Long FeatureID'.split(' ').map((part) => `${place}_${part}`);
}

const REQUIRED = ['GLOBALEVENTID', 'SQLDATE', 'Actor1Code', 'Actor2Code', 'EventCode'];

/**
 * GDELT events: native 61-column exports, or a table with a header that has some of the columns.
 * @throws UnknownLayout when it is neither.
 */
export async function* readGdelt(bytes: AsyncIterable<Buffer>): AsyncGenerator<FeedRow | BrokenRow> {
  for await (const row of readTable(bytes, layout)) yield gdeltRow(row);
}

const layout: Layout = (firstRow) => {
  if (firstRow.includes('GLOBALEVENTID')) {
    const missing = REQUIRED.filter((column) => !firstRow.includes(column));
    if (missing.length > 0) throw new UnknownLayout(`not a GDELT table: it has no column ${missing.join(', ')}`);
    return { columns: firstRow, isHeader: true };
  }
  if (firstRow.length === NATIVE_COLUMNS.length) return { columns: NATIVE_COLUMNS, isHeader: false };
  throw new UnknownLayout(
    `not a GDELT file: the first row has ${firstRow.length} cells; a native export has ${NATIVE_COLUMNS.length}, ` +
      'a table with a header names GLOBALEVENTID',
  );
};

const gdeltRow = (row: TableRow): FeedRow | BrokenRow => {
  const { number } = row;
  const id = row.cell('GLOBALEVENTID');
  const day = row.cell('SQLDATE').replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
  if (!row.isWhole) return { number, broken: 'wrong number of cells' };
  if (!/^\d+$/.test(id)) return { number, broken: 'no GLOBALEVENTID' };
  if (!isDay(day)) return { number, broken: 'no such day' };
  const publishedAt = timeAdded(row.cell('DATEADDED'));
  const location = place(row);
  return {
    feed: GDELT,
    number,
    id,
    day,
    cameoCode: row.cell('EventCode'),
    source: end(row, 'Actor1'),
    target: end(row, 'Actor2'),
    url: row.cell('SOURCEURL'),
    ...(publishedAt !== undefined && { publishedAt }),
    ...(location !== undefined && { location }),
  };
};

const end = (row: TableRow, actor: 'Actor1' | 'Actor2'): RowEnd => {
  const feedCode = row.cell(`${actor}Code`);
  const name = label(row.cell(`${actor}Name`)) ?? feedCode;
  if (feedCode === '') return { name, actors: [] };
  const code = bodyOfGdelt(feedCode) ?? feedCode;
  // Lower-case codes are ethnic groups, which are nobody's party.
  return { name, actors: isActorCode(code) ? [{ code, name }] : undefined };
};

/** DATEADDED is UTC, to the second since GDELT 2.0, to the day before. */
const timeAdded = (stamp: string): string | undefined => {
  const [, year, month, day, hour = '00', minute = '00', second = '00'] =
    /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?$/.exec(stamp) ?? [];
  if (year === undefined || !isDay(`${year}-${month}-${day}`)) return undefined;
  const time = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  return Number.isNaN(Date.parse(time)) ? undefined : time;
};

/**
 * ActionGeo_Type (1 country, 2 US state, 3 US city, 4 city, 5 state) in UCDP's steps. A city is where the article is
 * about.
 */
const GEO_PRECISION: Readonly<Record<string, number>> = { 1: 6, 2: 4, 3: 2, 4: 2, 5: 4 };

const place = (row: TableRow): Place | undefined => {
  const name = label(row.cell('ActionGeo_FullName'));
  if (name === undefined) return undefined;
  const iso3 = isoOfFips(row.cell('ActionGeo_CountryCode'));
  const geoPrecision = GEO_PRECISION[row.cell('ActionGeo_Type')];
  return {
    ...(iso3 !== undefined && { iso3 }),
    name,
    ...coordinates(row.cell('ActionGeo_Lat'), row.cell('ActionGeo_Long')),
    ...(geoPrecision !== undefined && { geoPrecision }),
  };
};
