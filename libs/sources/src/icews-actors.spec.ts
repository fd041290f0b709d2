import { folded } from './countries';
import { resolveIcews } from './icews-actors';
import { readCsv } from './read-csv';

const DAY = '2014-06-15';

const codesOf = (name: string, day = DAY, columns?: { country: string; sectors: string }) =>
  resolveIcews(name, day, columns)?.map(({ code }) => code);

describe('names without a person', () => {
  test.each([
    ['Iran', ['IRN']],
    ['United States', ['USA']],
    ['Foreign Affairs (Iran)', ['IRNGOV']],
    ['Business (Iran)', ['IRNBUS']],
    ['Police (Qatar)', ['QATCOP']],
    ['Naval (United States)', ['USAMIL']],
    ['Spy Plane (Iran)', ['IRNMIL']],
    ['Defense / Security Ministry (United States)', ['USAGOVMIL']],
    ['Cabinet / Council of Ministers / Advisors (United States)', ['USAGOV']],
    ['Member of Legislative (Govt) (Iran)', ['IRNLEG']],
    ['Student Dissident (Iran)', ['IRNOPP']],
    ['Representative to the United Nations (Iran)', ['IRNGOV']],
    ['Lawyer/Attorney (Holy See (Vatican City State))', ['VATCVL']],
    ['Something Unheard Of (Iran)', ['IRN']],
    ['Media Personnel (International)', ['INTMED']],
    ['Combatant (Taliban)', ['AFGINSTALUAF']],
    ['International Atomic Energy Agency', ['IAE']],
    ['UN Security Council', ['UNO']],
    ['European Parliament', ['EEC']],
    ['European Council on Foreign Relations', ['NGO']],
    ['Israeli Defense Forces', ['ISRMIL']],
    ['Quds Force', ['IRNMIL']],
    ['E3+3', ['USA', 'GBR', 'FRA', 'DEU', 'RUS', 'CHN']],
    ['Citizen (Atlantis)', undefined],
    ['Atlantis', undefined],
  ])('%s is %j', (name, codes) => expect(codesOf(name)).toEqual(codes));
});

describe('people are what they are on the day', () => {
  test.each([
    ['Barack Obama', '2008-01-01', ['USALEG']],
    ['Barack Obama', '2014-06-15', ['USAGOV']],
    ['Barack Obama', '2017-01-21', undefined],
    ['John Kerry', '2013-01-31', ['USALEG']],
    ['John Kerry', '2013-02-01', ['USAGOV']],
    ['John Kerry', '2018-05-04', undefined],
    ['John Kerry', '2022-01-01', ['USAGOV']],
    ['Mohammad Javad Zarif', '2013-08-14', undefined],
    ['Mohammad Javad Zarif', '2014-06-15', ['IRNGOV']],
    ['Mahmoud Ahmadinejad', '2013-08-01', ['IRNGOV']],
    ['Mahmoud Ahmadinejad', '2014-06-15', undefined],
    ['Federica Mogherini', '2014-10-31', ['ITAGOV']],
    ['Federica Mogherini', '2014-11-01', ['EEC']],
    ['Catherine Ashton', '2014-06-15', ['EEC']],
    ['Kofi Annan', '2006-06-15', ['UNO']],
    ['Kofi Annan', '2014-01-27', undefined],
    ['Yukiya Amano', '2014-06-15', ['IAE']],
    ['Mohamed ElBaradei', '2014-06-15', undefined],
    ['Rafael Grossi', '2025-06-13', ['IAE']],
    ['Yusuf bin Alawi', '2014-06-15', ['OMNGOV']],
    ['Qaboos bin Said', '2014-06-15', ['OMNGOV']],
    ['Benjamin Netanyahu', '2014-06-15', ['ISRGOV']],
    ['Benny Gantz', '2014-06-15', ['ISRMIL']],
    ['Chuck Hagel', '2014-06-15', ['USAGOVMIL']],
    ['Steve Witkoff', '2025-05-11', ['USAGOV']],
  ])('%s on %s is %j', (name, day, codes) => expect(codesOf(name, day)).toEqual(codes));
});

test('case, accents and apostrophes do not matter', () => {
  expect(codesOf('FRANCOIS HOLLANDE')).toEqual(['FRAGOV']);
  expect(codesOf('Moshe Ya’alon')).toEqual(['ISRGOVMIL']);
});

test('a group of states is its states, each marked with the group', () => {
  expect(resolveIcews('E3', DAY)).toEqual([
    { code: 'GBR', group: 'E3' },
    { code: 'FRA', group: 'E3' },
    { code: 'DEU', group: 'E3' },
  ]);
});

describe('a native row also says country and sectors', () => {
  test.each([
    [
      'an unknown name',
      'Boris Yeltsin',
      'Russian Federation',
      'Elite,Executive,Executive Office,Government',
      ['RUSGOV'],
    ],
    ['a party man in office', 'Somebody', 'Iran', 'Parties,National Major Party,Executive,Government', ['IRNGOV']],
    ['a soldier', 'Somebody', 'Israel', 'Government,Military,Army', ['ISRMIL']],
    ['nothing but elite', 'Somebody', 'United States', 'Elite,Former Government', ['USAELI']],
    ['no sector', 'Somebody', 'Oman', '', ['OMN']],
    ['no country', 'Somebody', 'N/A', 'Government', undefined],
    ['an office of the table', 'Catherine Ashton', 'United Kingdom', 'Elite', ['EEC']],
    ['an office of the table given up', 'Kofi Annan', 'Ghana', 'Elite', ['GHAELI']],
  ])('%s', (_, name, country, sectors, codes) => expect(codesOf(name, DAY, { country, sectors })).toEqual(codes));
});

describe('the alias table', () => {
  const rows = readCsv<{ names: string; code: string; from: string; until: string }>('actor-aliases.csv');

  test('has codes that the log takes, and dates in order', () => {
    const wrong = rows.filter(
      ({ code, from, until }) =>
        !/^[A-Z]{3,15}( [A-Z]{3,15})*$/.test(code) ||
        ![from, until].every((day) => /^(\d{4}-\d\d-\d\d)?$/.test(day)) ||
        (until !== '' && from > until),
    );
    expect(wrong).toEqual([]);
  });

  test('never holds two answers for one name and day', () => {
    const held = rows.flatMap(({ names, ...row }) => names.split('|').map((name) => ({ name: folded(name), ...row })));
    const byName = Map.groupBy(held, ({ name }) => name);
    // On the day of a change both offices may be held; the later one counts.
    const clashes = [...byName.values()].flatMap((offices) =>
      offices
        .toSorted((a, b) => (a.from < b.from ? -1 : 1))
        .flatMap((office, place, all) => {
          const next = all[place + 1];
          return next && next.from < (office.until || '9999') ? [`${office.name} ${office.code} ${next.code}`] : [];
        }),
    );
    expect(clashes).toEqual([]);
  });
});
