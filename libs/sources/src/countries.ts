import { readCsv } from './read-csv';

/**
 * Countries under their three codes. GDELT's actors are CAMEO, its places FIPS 10-4 (Oman MU, Israel IS), the log's
 * places ISO 3166 alpha-3 (Romania is ROM in CAMEO, ROU in ISO). A cell is empty where a scheme has no code.
 */
interface Country {
  readonly cameo: string;
  readonly iso3: string;
  readonly fips: string;
  readonly names: string;
}

const countries = readCsv<Country>('countries.csv');

/** Names without case, accents and punctuation, so that "Moshe Ya'alon" is "MOSHE YAALON". */
export const folded = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[\p{M}'’‘`ʿʾ]/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}+&]+/gu, ' ')
    .trim();

const byName = new Map(countries.flatMap((its) => its.names.split('|').map((name) => [folded(name), its] as const)));
const byFips = new Map(countries.map((its) => [its.fips, its]));

/** CAMEO code of a country by its English name. */
export const cameoOfCountry = (name: string): string | undefined => byName.get(folded(name))?.cameo || undefined;

/** ISO 3166 alpha-3 by English name. */
export const isoOfCountry = (name: string): string | undefined => byName.get(folded(name))?.iso3 || undefined;

/** ISO 3166 alpha-3 of a FIPS 10-4 code; undefined for oceans, disputed islands and places without an ISO code. */
export const isoOfFips = (code: string): string | undefined => (code && byFips.get(code)?.iso3) || undefined;
