import { isActorCode } from '#catalogue';
import { cameoOfCountry, folded } from './countries';
import type { Actor } from './feed-row';
import { readCsv } from './read-csv';

/** Dates are inclusive YYYY-MM-DD, empty when open. Several codes, separated by spaces, are a group of states. */
interface AliasRow {
  readonly names: string;
  readonly code: string;
  readonly from: string;
  readonly until: string;
}

const aliases = new Map<string, AliasRow[]>();
for (const row of readCsv<AliasRow>('actor-aliases.csv'))
  for (const name of row.names.split('|')) aliases.set(folded(name), [...(aliases.get(folded(name)) ?? []), row]);

const sectorRoles = readCsv<{ role: string; words: string }>('icews-sectors.csv').map(({ role, words }) => ({
  role,
  pattern: new RegExp(`(?<!\\w)(?:${words})s?(?!\\w)`, 'i'),
}));

/** What a native ICEWS row says of an actor beside the name. */
export interface IcewsColumns {
  readonly country: string;
  /** Separated by commas. */
  readonly sectors: string;
}

/**
 * Who an ICEWS name was on a day; undefined when no rule knows. In this order: the alias table (an office held that
 * day), "Sector (Country)", a country's name, the row's own country and sectors. So an official in private life is
 * nobody, unless the feed itself still counts the person with a country.
 */
export const resolveIcews = (name: string, day: string, columns?: IcewsColumns): readonly Actor[] | undefined => {
  const codes =
    aliasOf(name, day)?.split(' ') ?? one(sectorAndCountry(name, day) ?? cameoOfCountry(name) ?? fromColumns(columns));
  return codes?.map((code) => (codes.length > 1 ? { code, group: name } : { code, name }));
};

const one = (code: string | undefined): string[] | undefined => (code === undefined ? undefined : [code]);

/** Of several offices at once the last taken up; what has no dates yields to what has. */
const aliasOf = (name: string, day: string): string | undefined =>
  aliases
    .get(folded(name))
    ?.filter(({ from, until }) => from <= day && (until === '' || day <= until))
    .sort((a, b) => (a.from < b.from ? -1 : 1))
    .at(-1)?.code;

/** "Foreign Affairs (Iran)" is IRNGOV; what stands in the last parentheses may be a group of the alias table too. */
const sectorAndCountry = (name: string, day: string): string | undefined => {
  const [sector, whose] = splitAtLastParentheses(name);
  if (whose === undefined) return undefined;
  if (whose === 'International') return `INT${roleOf([sector])}`;
  const owner = cameoOfCountry(whose) ?? aliasOf(whose, day);
  return owner && [owner + roleOf([sector]), owner].find(isActorCode);
};

const fromColumns = (columns: IcewsColumns | undefined): string | undefined => {
  const owner = columns && cameoOfCountry(columns.country);
  return owner && owner + roleOf(columns.sectors.split(','));
};

const ELITE = 'ELI';

/** The CAMEO role of the sectors: the one highest in the table, elites last; empty when none is known. */
const roleOf = (sectors: readonly string[]): string => {
  const places = sectors
    .map(placeOf)
    .filter((place) => place >= 0)
    .sort((a, b) => a - b);
  const roles = places.map((place) => sectorRoles[place]!.role);
  return roles.find((role) => role !== ELITE) ?? roles[0] ?? '';
};

/** Sectors are a vocabulary of some hundred words, so what each means is found once. */
const places = new Map<string, number>();

const placeOf = (sector: string): number => {
  const known = places.get(sector);
  if (known !== undefined) return known;
  const place = sectorRoles.findIndex(({ pattern }) => pattern.test(sector));
  places.set(sector, place);
  return place;
};

/** Parentheses may nest: "Lawyer (Holy See (Vatican City State))". */
const splitAtLastParentheses = (name: string): [string, string | undefined] => {
  if (!name.endsWith(')')) return [name, undefined];
  let depth = 0;
  for (let place = name.length - 1; place > 0; place--) {
    if (name[place] === ')') depth += 1;
    if (name[place] === '(') depth -= 1;
    if (depth === 0) return [name.slice(0, place).trim(), name.slice(place + 1, -1).trim()];
  }
  return [name, undefined];
};
