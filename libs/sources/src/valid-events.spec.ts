import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { parse } from '#catalogue';
import type { BrokenRow, FeedRow } from './feed-row';
import { fitTo } from './frame';
import { NATIVE_COLUMNS, readGdelt } from './gdelt';
import { readIcews } from './icews';
import { eventIds } from './identity';
import { type MappedEvent, mapRow } from './map-row';

/** Whatever stands in a row, what is made of it passes the catalogue: a feed never fails line by line at the server. */

const SLICE = join(__dirname, '../../../../examples/gdelt/events.csv');
const LATE = Date.parse('9999-12-31T00:00:00Z');

const fit = fitTo(
  {
    sides: [{ members: ['USA', 'ISR'] }, { members: ['IRN'] }],
    mediators: ['OMN', 'QAT', 'CHE'],
    bodies: ['UNO', 'IAE', 'EEC'],
  },
  ['IRN'],
);

const eventsOf = (rows: readonly (FeedRow | BrokenRow)[]): MappedEvent[] => {
  const idOf = eventIds();
  return rows.flatMap((row) => {
    const mapped = 'broken' in row ? undefined : mapRow(row, fit, idOf);
    return mapped !== undefined && 'event' in mapped ? [mapped.event] : [];
  });
};

const expectValid = (events: readonly MappedEvent[]): void =>
  events.forEach((event) =>
    expect(parse(JSON.parse(JSON.stringify(event)), { now: LATE })).toMatchObject({
      eventId: event.eventId,
      type: event.type,
      marking: 'CLEAR',
    }),
  );

test('every event of the GDELT slice', async () => {
  const events = eventsOf(await Readable.from(readGdelt(createReadStream(SLICE) as AsyncIterable<Buffer>)).toArray());
  expect(events).toHaveLength(130);
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(130);
  expectValid(events);
});

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    '',
    ' ',
    'é',
    '\u202eevil',
    'a\u0000b',
    '\ud800',
    'x'.repeat(3_000),
    'http://',
    'https://example.org/ä',
    '-0',
    '1e9',
    'NaN',
  ),
);
const code = fc.oneof(
  fc.integer({ min: 0, max: 2_100 }).map((number) => String(number).padStart(3, '0')),
  fc.constantFrom('0841', '1951', '2042', '13y', ''),
);
const day = fc.oneof(
  fc.constantFrom('20250613', '20250230', '18991231', '99991231', ''),
  fc.integer({ min: 19_000_101, max: 99_991_231 }).map(String),
);

test('any row of GDELT', async () => {
  const row = fc.tuple(
    fc.record({
      SQLDATE: day,
      Actor1Code: fc.constantFrom('IRN', 'IRNMIL', 'USAGOV'),
      Actor2Code: fc.constantFrom('USA', 'IGOUNO', 'OMN', 'IRN'),
      EventCode: code,
      DATEADDED: day,
    }),
    fc.dictionary(
      fc.constantFrom(
        ...['Actor1Name', 'Actor2Name', 'SOURCEURL', 'DATEADDED'],
        ...NATIVE_COLUMNS.filter((column) => column.startsWith('ActionGeo')),
      ),
      text,
    ),
  );
  await fc.assert(
    fc.asyncProperty(row, async ([known, others]) => {
      const cells: Readonly<Record<string, string>> = { GLOBALEVENTID: '7', ...known, ...others };
      const line = NATIVE_COLUMNS.map((column) => (cells[column] ?? '').replace(/[\t\r\n]/g, ' ')).join('\t');
      expectValid(eventsOf(await Readable.from(readGdelt(Readable.from([Buffer.from(`${line}\n`)]))).toArray()));
    }),
    { numRuns: 500 },
  );
});

test('any row of ICEWS', async () => {
  const header =
    'Event ID,Event Date,Source Name,Source Country,Source Sectors,Event Text,CAMEO Code,Target Name,City,Province,Country,Latitude,Longitude';
  const row = fc.tuple(
    fc.constantFrom('7', '8'),
    fc
      .date({ min: new Date('1900-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10)),
    fc.oneof(fc.constantFrom('Iran', 'Foreign Affairs (Iran)', 'E3+3'), text),
    fc.constant('Iran'),
    text,
    text,
    code,
    fc.constantFrom('Israel', 'Iran', 'Oman', 'United Nations', 'Military (United States)'),
    ...[text, text, text, text, text],
  );
  await fc.assert(
    fc.asyncProperty(row, async (cells) => {
      const line = cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');
      expectValid(
        eventsOf(await Readable.from(readIcews(Readable.from([Buffer.from(`${header}\n${line}\n`)]))).toArray()),
      );
    }),
    { numRuns: 500 },
  );
});
