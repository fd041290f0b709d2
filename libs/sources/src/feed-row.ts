/** Who acts, or is acted upon, as the wire has it. */
export interface Actor {
  readonly code: string;
  readonly name?: string;
  readonly group?: string;
}

/** One end of a row. */
export interface RowEnd {
  /** As the feed writes it; empty when the row has nobody there. */
  readonly name: string;
  /** Several for a group of states (E3+3); undefined when no rule resolves the name. */
  readonly actors: readonly Actor[] | undefined;
}

export interface Place {
  readonly iso3?: string;
  readonly admin1?: string;
  readonly name?: string;
  readonly lat?: number;
  readonly lon?: number;
  /** UCDP: 2 near a named place, 3 second-order division, 4 first-order division, 6 the country. */
  readonly geoPrecision?: number;
}

/** A feed of machine-coded news. Its address is the namespace of the ids made from it, so it never changes. */
export interface Feed {
  readonly name: string;
  readonly address: string;
}

/** One coded event of a feed, in the feed's own terms but for the actors. */
export interface FeedRow {
  readonly feed: Feed;
  readonly number: number;
  /** The feed's own id of it, unique in the feed. */
  readonly id?: string;
  /** YYYY-MM-DD. */
  readonly day: string;
  readonly cameoCode: string;
  readonly source: RowEnd;
  readonly target: RowEnd;
  /** What the feed calls the event, where it says more than the code. */
  readonly text?: string;
  readonly url?: string;
  /** When the feed published it, RFC 3339. */
  readonly publishedAt?: string;
  readonly location?: Place;
}

/** A row that cannot be read. */
export interface BrokenRow {
  readonly number: number;
  readonly broken: string;
}

const CONTROLS = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]+/gu;
const MAX_LABEL = 200;

/** A name fit to be a label: one line, NFC, at most 200 characters; undefined when nothing is left. */
export const label = (text: string): string | undefined => {
  const clean = text.toWellFormed().normalize('NFC').replace(CONTROLS, ' ').trim();
  return clean === '' ? undefined : clip(clean, MAX_LABEL);
};

/** The first `max` characters (not code units). */
export const clip = (text: string, max: number): string =>
  text.length <= max ? text : [...text].slice(0, max).join('').trim();

/** Latitude and longitude together, or neither. */
export const coordinates = (lat: string, lon: string): Pick<Place, 'lat' | 'lon'> => {
  const [north, east] = [degrees(lat, 90), degrees(lon, 180)];
  return north === undefined || east === undefined ? {} : { lat: north, lon: east };
};

const degrees = (text: string, max: number): number | undefined => {
  const value = text === '' ? NaN : Number(text);
  return Math.abs(value) <= max ? value : undefined;
};

/** Whether YYYY-MM-DD is a day of the calendar that the log can hold (years 1900 to 9999). */
export const isDay = (text: string): boolean => {
  if (!/^(19|[2-9]\d)\d\d-\d\d-\d\d$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
};
