/**
 * Time as the model counts it: whole minutes since 1970-01-01T00:00Z. Every instant of an event is a
 * whole minute by definition; a small integer is compared, stored and hashed for nothing.
 */
export type Minute = number;

export const HOUR = 60;
export const DAY = 24 * HOUR;
export const WEEK = 7 * DAY;
const MINUTE_MS = 60_000;

/** How coarse `occurredAt` is: the minute, the day, the ISO week from Monday, the month. */
export type TimePrecision = 0 | 1 | 2 | 3;

/** A time that is not RFC 3339 in UTC (`2026-02-03T10:00:00Z`, at most milliseconds). */
export class UnreadableTime extends Error {
  constructor(readonly text: unknown) {
    super(`not a UTC date-time: ${String(text)}`);
  }
}

/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar (Hinnant's days_from_civil). */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

const digits = (text: string, at: number, count: number): number => {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) throw new UnreadableTime(text);
    value = value * 10 + digit;
  }
  return value;
};

/** The minute of an RFC 3339 time in UTC; seconds are cut off. By hand: `new Date` costs ten times as much. */
export function minuteOf(text: string): Minute {
  if (typeof text !== 'string' || text.length < 20 || text.charCodeAt(text.length - 1) !== 90)
    throw new UnreadableTime(text);
  const days = daysFromCivil(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
  return days * DAY + digits(text, 11, 2) * HOUR + digits(text, 14, 2);
}

export const startOfDay = (minute: Minute): Minute => Math.floor(minute / DAY) * DAY;

/** The interval that a time and its precision name: [start, end], of no length for a minute. */
export function intervalOf(text: string, precision: TimePrecision): [start: Minute, end: Minute] {
  const minute = minuteOf(text);
  if (precision === 0) return [minute, minute];
  const day = Math.floor(minute / DAY);
  if (precision === 1) return [day * DAY, (day + 1) * DAY];
  if (precision === 2) {
    const monday = day - ((((day + 3) % 7) + 7) % 7); // 1970-01-01 was a Thursday
    return [monday * DAY, (monday + 7) * DAY];
  }
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const next = month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1);
  return [daysFromCivil(year, month, 1) * DAY, next * DAY];
}

/** Milliseconds since the epoch of an RFC 3339 time in UTC; for arguments, not for the fold. */
export function millisecondsOf(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new UnreadableTime(text);
  return at;
}

/** RFC 3339 with as much of the fraction as there is. */
export const formatMilliseconds = (ms: number): string => new Date(ms).toISOString().replace(/\.000Z$/, 'Z');

export const formatMinute = (minute: Minute): string => formatMilliseconds(minute * MINUTE_MS);

/** A moment of the world at which a view is taken; may carry seconds, which no instant of an event has. */
export class Moment {
  /** The last whole minute that has begun: what lies at or before the moment is at or before this. */
  readonly minute: Minute;
  /** The first whole minute not before the moment: more than n minutes passed since m exactly if `ceiling - m > n`. */
  readonly ceiling: Minute;

  constructor(readonly ms: number) {
    this.minute = Math.floor(ms / MINUTE_MS);
    this.ceiling = Math.ceil(ms / MINUTE_MS);
  }

  static of(minute: Minute): Moment {
    return new Moment(minute * MINUTE_MS);
  }

  toString(): string {
    return formatMilliseconds(this.ms);
  }
}
