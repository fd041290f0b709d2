import { cameoOfCountry, isoOfCountry, isoOfFips } from './countries';

test.each([
  ['MU', 'OMN'],
  ['IS', 'ISR'],
  ['IR', 'IRN'],
  ['IZ', 'IRQ'],
  ['SZ', 'CHE'],
  ['CH', 'CHN'],
  ['GV', 'GIN'],
  ['RO', 'ROU'],
  ['GZ', 'PSE'],
  ['OS', undefined],
  ['KV', undefined],
  ['', undefined],
])('FIPS %s is ISO %s', (fips, iso3) => expect(isoOfFips(fips)).toBe(iso3));

test.each([
  ['Iran', 'IRN'],
  ['Iran, Islamic Republic of', 'IRN'],
  ['Russian Federation', 'RUS'],
  ["Cote d'Ivoire", 'CIV'],
  ['Türkiye', 'TUR'],
  ['UNITED STATES', 'USA'],
  ['Romania', 'ROM'],
  ['Kosovo', undefined],
  ['Georgia on my mind', undefined],
])('%s is CAMEO %s', (name, code) => expect(cameoOfCountry(name)).toBe(code));

test('the same country may have another code in ISO', () => expect(isoOfCountry('Romania')).toBe('ROU'));
