import { Readable } from 'node:stream';
import type { BrokenRow, FeedRow } from './feed-row';
import { NATIVE_COLUMNS, readGdelt } from './gdelt';

const bytes = (text: string) => Readable.from([Buffer.from(text)]);

const all = async (text: string): Promise<(FeedRow | BrokenRow)[]> => Readable.from(readGdelt(bytes(text))).toArray();

const native = (cells: Readonly<Record<string, string>>): string =>
  NATIVE_COLUMNS.map((column) => cells[column] ?? '').join('\t') + '\n';

const VISIT = {
  GLOBALEVENTID: '881990833',
  SQLDATE: '20191023',
  Actor1Code: 'OMNGOV',
  Actor1Name: 'OMAN',
  Actor2Code: 'IRN',
  Actor2Name: 'TEHRAN',
  EventCode: '042',
  ActionGeo_Type: '4',
  ActionGeo_FullName: 'Muscat, Masqat, Oman',
  ActionGeo_CountryCode: 'MU',
  ActionGeo_Lat: '23.6133',
  ActionGeo_Long: '58.5933',
  DATEADDED: '20191024143000',
  SOURCEURL: 'https://example.org/visit',
};

describe('a native export', () => {
  test('has 61 columns and no header', () => expect(NATIVE_COLUMNS).toHaveLength(61));

  test('gives a row with the day of the event, the time it was added, and ISO codes of places', async () => {
    expect(await all(native(VISIT))).toEqual([
      {
        feed: { name: 'GDELT', address: 'https://www.gdeltproject.org/' },
        number: 1,
        id: '881990833',
        day: '2019-10-23',
        cameoCode: '042',
        source: { name: 'OMAN', actors: [{ code: 'OMNGOV', name: 'OMAN' }] },
        target: { name: 'TEHRAN', actors: [{ code: 'IRN', name: 'TEHRAN' }] },
        url: 'https://example.org/visit',
        publishedAt: '2019-10-24T14:30:00Z',
        location: { iso3: 'OMN', name: 'Muscat, Masqat, Oman', lat: 23.6133, lon: 58.5933, geoPrecision: 2 },
      },
    ]);
  });

  test('takes quotation marks as they come', async () => {
    const [row] = await all(native({ ...VISIT, Actor1Name: '"OMAN' }) + native(VISIT));
    expect(row).toMatchObject({ source: { name: '"OMAN' } });
  });

  test.each([
    ['fewer cells', native(VISIT) + '881990834\t20191024\n', 'wrong number of cells'],
    ['no day', native(VISIT) + native({ ...VISIT, SQLDATE: '20190231' }), 'no such day'],
    ['no id', native(VISIT) + native({ ...VISIT, GLOBALEVENTID: '' }), 'no GLOBALEVENTID'],
  ])('a row with %s is broken, and the next one is read', async (_, text, broken) => {
    expect(await all(text + native(VISIT))).toEqual([
      expect.objectContaining({ day: '2019-10-23' }),
      { number: 2, broken },
      expect.objectContaining({ number: 3, day: '2019-10-23' }),
    ]);
  });
});

describe('a table with a header', () => {
  test('needs only some of the columns', async () => {
    const csv = 'GLOBALEVENTID,SQLDATE,Actor1Code,Actor2Code,EventCode\n7,20260207,OMN,USA,045\n';
    expect(await all(csv)).toEqual([
      {
        feed: expect.anything(),
        number: 1,
        id: '7',
        day: '2026-02-07',
        cameoCode: '045',
        source: { name: 'OMN', actors: [{ code: 'OMN', name: 'OMN' }] },
        target: { name: 'USA', actors: [{ code: 'USA', name: 'USA' }] },
        url: '',
      },
    ]);
  });

  test('that lacks a column it needs is refused, naming it', async () => {
    await expect(all('GLOBALEVENTID,SQLDATE,Actor1Code,EventCode\n')).rejects.toThrow('no column Actor2Code');
  });
});

test('any other file is refused', async () => {
  await expect(all('date,source,target\n2014-01-01,Iran,Oman\n')).rejects.toThrow('not a GDELT file');
});

test.each([
  ['IRNMIL', 'IRNMIL'],
  ['IGOUNOIAE', 'IAE'],
  ['IGOUNOIAEGOV', 'IAE'],
  ['IGOEUREEC', 'EEC'],
  ['IGOEUREECGOV', 'EEC'],
  ['IGOUNO', 'UNO'],
  ['IGOUNODEVWBK', 'UNO'],
  ['IGOWSTNAT', 'NAT'],
  ['IGOSAFSAD', 'IGOSAFSAD'],
  ['MNCUSAMED', 'MNCUSAMED'],
])('actor code %s is %s', async (feedCode, code) => {
  expect(await all(native({ ...VISIT, Actor1Code: feedCode }))).toMatchObject([{ source: { actors: [{ code }] } }]);
});

test.each(['kur', 'catSEP'])('actor code %s, an ethnic group, is nobody that the log can name', async (code) => {
  expect(await all(native({ ...VISIT, Actor2Code: code, Actor2Name: 'KURD' }))).toMatchObject([
    { target: { name: 'KURD', actors: undefined } },
  ]);
});

test('a row without a second actor has an empty end, not an unresolved one', async () => {
  expect(await all(native({ ...VISIT, Actor2Code: '', Actor2Name: '' }))).toMatchObject([{ target: { actors: [] } }]);
});
