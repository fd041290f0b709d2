import { minuteOf, startOfDay, type Minute, type TimePrecision } from './instant';

// prettier-ignore
const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
];

/** Dates in English, in UTC, whatever the machine's locale. A year is named where it is not that of the briefing. */
export class Calendar {
  private readonly year: number;

  constructor(at: Minute) {
    this.year = dateOf(at).getUTCFullYear();
  }

  /** `23 June`, so that it can stand after "of". */
  day(minute: Minute, precision: TimePrecision = 0): string {
    const date = dateOf(minute);
    const year = date.getUTCFullYear() === this.year ? '' : ` ${date.getUTCFullYear()}`;
    const month = `${MONTHS[date.getUTCMonth()]!}${year}`;
    if (precision === 3) return month;
    return `${precision === 2 ? 'the week of ' : ''}${date.getUTCDate()} ${month}`;
  }

  dayOf(time: string): string {
    return this.day(minuteOf(time));
  }

  /** To the minute, unless it is the start of a day. */
  minute(minute: Minute): string {
    if (minute === startOfDay(minute)) return this.day(minute);
    return `${this.day(minute)} at ${dateOf(minute).toISOString().slice(11, 16)} UTC`;
  }
}

const dateOf = (minute: Minute): Date => new Date(minute * 60_000);
