import { type Rule, rule } from './rule';

/**
 * Date-times as the stored format has them: RFC 3339, ending in `Z`, at most milliseconds, years 1900 to 9999, a day
 * that exists. Leap seconds and hour 24 are refused: no clock here can hold them.
 */
const PATTERN =
  '^(19|[2-9][0-9])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,3})?Z$';

const SHAPE = new RegExp(PATTERN);

const isDateTime = (value: unknown): value is string =>
  typeof value === 'string' && SHAPE.test(value) && dayExists(value);

// Every month has 28 days; the others are left to the calendar, which rolls 30 February over to March.
const dayExists = (text: string): boolean => {
  const day = Number(text.slice(8, 10));
  return day <= 28 || new Date(`${text.slice(0, 10)}T00:00:00Z`).getUTCDate() === day;
};

export const DateTime = (): Rule =>
  rule(
    'date-time',
    'must be an existing date and time in UTC, such as 2025-06-13T00:30:00Z: ending in Z, at most milliseconds, years 1900 to 9999',
    isDateTime,
    { schema: { type: 'string', format: 'date-time', pattern: PATTERN } },
  );

/** A comparison with something absent or broken passes: the other field has its own complaint. */
export const NotBefore = (other: string): Rule =>
  rule(
    'order',
    `must not lie before ${other}`,
    (value, owner) => !(Date.parse(value as string) < Date.parse(owner[other] as string)),
  );
