import { Readable } from 'node:stream';
import { readIcews } from './icews';

const all = async (text: string) => Readable.from(readIcews(Readable.from([Buffer.from(text)]))).toArray();

const HEADER =
  'Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity\t' +
  'Target Name\tTarget Sectors\tTarget Country\tStory ID\tSentence Number\tPublisher\t' +
  'City\tDistrict\tProvince\tCountry\tLatitude\tLongitude\n';

// Made up in the form of the published files.
const MEETING =
  "100\t2015-03-02\tJohn Kerry\tExecutive,Government\tUnited States\tMeet at a 'third' location\t044\t2.5\t" +
  'Mohammad Javad Zarif\tExecutive,Government\tIran\t7\t1\tA Paper\tMontreux\t\tVaud\tSwitzerland\t46.431\t6.9107\n';

test('a native row has its own id, which is unique with its day only', async () => {
  expect(await all(HEADER + MEETING)).toEqual([
    {
      feed: { name: 'ICEWS', address: 'https://doi.org/10.7910/DVN/28075' },
      number: 1,
      id: '100 2015-03-02',
      day: '2015-03-02',
      cameoCode: '044',
      text: "Meet at a 'third' location",
      source: { name: 'John Kerry', actors: [{ code: 'USAGOV', name: 'John Kerry' }] },
      target: { name: 'Mohammad Javad Zarif', actors: [{ code: 'IRNGOV', name: 'Mohammad Javad Zarif' }] },
      location: { iso3: 'CHE', admin1: 'Vaud', name: 'Montreux', lat: 46.431, lon: 6.9107, geoPrecision: 2 },
    },
  ]);
});

test.each([
  ['a city', { geoPrecision: 2, name: 'Montreux' }, MEETING],
  ['a province', { geoPrecision: 4, name: 'Vaud' }, MEETING.replace('Montreux', '')],
  ['a country', { geoPrecision: 6, name: 'Switzerland' }, MEETING.replace('Montreux', '').replace('Vaud', '')],
])('a row placed in %s is that precise', async (_, location, row) => {
  expect(await all(HEADER + row)).toMatchObject([{ location }]);
});

test('coordinates that are none are left out, the place stays', async () => {
  const [row] = await all(HEADER + MEETING.replace('46.431', 'N/A'));
  expect(row).toMatchObject({ location: { name: 'Montreux' } });
  expect(row).not.toHaveProperty('location.lat');
  expect(row).not.toHaveProperty('location.lon');
});

test('the benchmark has neither ids nor places', async () => {
  const csv =
    'date,source,event_text,cameo_code,goldstein_gdelt,event_type,sub_type,target\n' +
    '2014-01-01,Iran,"Arrest, detain, or charge with legal action",173,-5.0,strike,detention,Yasser Ali\n';
  expect(await all(csv)).toEqual([
    {
      feed: expect.anything(),
      number: 1,
      day: '2014-01-01',
      cameoCode: '173',
      text: 'Arrest, detain, or charge with legal action',
      source: { name: 'Iran', actors: [{ code: 'IRN', name: 'Iran' }] },
      target: { name: 'Yasser Ali', actors: undefined },
    },
  ]);
});

test.each([
  ['cells missing', '101\t2015-03-02\tIran\n', 'wrong number of cells'],
  ['no day', MEETING.replace('2015-03-02', 'None'), 'no such day'],
  ['no id', MEETING.replace('100', ''), 'no Event ID'],
])('a row with %s is broken', async (_, row, broken) => {
  expect(await all(HEADER + row + MEETING)).toEqual([{ number: 1, broken }, expect.objectContaining({ number: 2 })]);
});

test('any other file is refused', async () => {
  await expect(all('Event ID\tWhen\n1\t2015-03-02\n')).rejects.toThrow('not an ICEWS file');
});
