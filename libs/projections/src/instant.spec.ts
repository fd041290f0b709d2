import fc from 'fast-check';
import { formatMinute, intervalOf, minuteOf, Moment, UnreadableTime, type TimePrecision } from './instant';

test.each<[string, TimePrecision, string, string]>([
  ['2026-02-01T13:00:45.999Z', 0, '2026-02-01T13:00:00Z', '2026-02-01T13:00:00Z'],
  ['2026-02-01T13:00:45Z', 1, '2026-02-01T00:00:00Z', '2026-02-02T00:00:00Z'],
  ['2026-02-01T23:59:59Z', 2, '2026-01-26T00:00:00Z', '2026-02-02T00:00:00Z'],
  ['2026-02-02T00:00:00Z', 2, '2026-02-02T00:00:00Z', '2026-02-09T00:00:00Z'],
  ['1969-12-31T10:00:00Z', 2, '1969-12-29T00:00:00Z', '1970-01-05T00:00:00Z'],
  ['2024-02-29T10:00:00Z', 3, '2024-02-01T00:00:00Z', '2024-03-01T00:00:00Z'],
  ['2025-12-31T10:00:00Z', 3, '2025-12-01T00:00:00Z', '2026-01-01T00:00:00Z'],
])('%s at precision %i is the interval from %s to %s', (text, precision, start, end) => {
  expect(intervalOf(text, precision).map(formatMinute)).toEqual([start, end]);
});

test('every minute from 1900 to 9999 reads as the platform reads it', () => {
  const years = { min: new Date('1900-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true };
  fc.assert(
    fc.property(fc.date(years), (date) => {
      expect(minuteOf(date.toISOString())).toBe(Math.floor(date.getTime() / 60_000));
    }),
  );
});

test.each(['', '2026-02-01', '2026-02-01T13:00:45+01:00', '2026-02-0xT13:00:45Z'])('%j is no time', (text) => {
  expect(() => minuteOf(text)).toThrow(UnreadableTime);
});

test('a moment keeps its seconds, and lies between two minutes', () => {
  const moment = new Moment(Date.UTC(2026, 1, 1, 13, 0, 30));
  expect([moment.toString(), moment.ceiling - moment.minute]).toEqual(['2026-02-01T13:00:30Z', 1]);
});
