import { OPEN } from '../http/principal';
import { Problem } from '../http/problem';
import { requireCrisisId } from '../http/crisis-id';
import type { Tokens } from '../http/tokens';
import type { AsOf, Moment } from './read-request';

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z$/;
const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
/** Silence is predicted no further: every discrete field has settled by then. */
export const MAX_AHEAD_DAYS = 60;

export type Query = Readonly<Record<string, string | string[] | undefined>>;

/** The `at`, `asOf` and `model` of a view's query, checked. Unknown parameters are refused, so that a typing error is not an answer. */
export function momentOf(
  crisisId: string,
  query: Query,
  tokens: Tokens,
  now: number,
  also: readonly string[] = [],
): Moment {
  onlyKnown(query, ['at', 'asOf', 'model', 'atLeast', ...also]);
  const at = momentParameter(query, 'at', now);
  const asOf = asOfParameter(query, tokens, now);
  const model = textParameter(query, 'model');
  return {
    crisis: requireCrisisId(crisisId),
    reader: { level: OPEN.level, seesNumbers: OPEN.seesNumbers },
    now,
    ...(at !== undefined && { at: floorToMinute(at) }),
    ...(asOf && { asOf }),
    ...(model !== undefined && { model }),
  };
}

/** A moment that a view may be asked of. */
export function momentParameter(query: Query, name: string, now: number): number | undefined {
  const time = timeParameter(query, name);
  if (time !== undefined && time > now + MAX_AHEAD_DAYS * DAY_MS)
    throw badParameter(name, `at most ${MAX_AHEAD_DAYS} days ahead.`);
  return time;
}

/** Where `at` is not given a time of the record is a moment of the world too, so it has the same bound. */
function asOfParameter(query: Query, tokens: Tokens, now: number): AsOf | undefined {
  const text = textParameter(query, 'asOf');
  if (text === undefined) return undefined;
  if (DATE_TIME.test(text)) return { time: momentParameter(query, 'asOf', now) as number };
  return { position: tokens.open(text, 'asOf', { kind: 'point', level: OPEN.level }).position };
}

export const floorToMinute = (time: number): number => Math.floor(time / MINUTE_MS) * MINUTE_MS;

export function textParameter(query: Query, name: string): string | undefined {
  const value = query[name];
  if (Array.isArray(value)) throw badParameter(name, 'given more than once.');
  return value;
}

export function timeParameter(query: Query, name: string): number | undefined {
  const text = textParameter(query, name);
  if (text === undefined) return undefined;
  const time = DATE_TIME.test(text) ? Date.parse(text) : NaN;
  // A day that its month does not have would silently be the next month's.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text.slice(0, 10))
    throw badParameter(name, 'a UTC time such as 2026-02-03T04:05:00Z.');
  return time;
}

export function numberParameter(
  query: Query,
  name: string,
  bounds: { min: number; max: number; default: number },
): number {
  const text = textParameter(query, name);
  if (text === undefined) return bounds.default;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (!(value >= bounds.min && value <= bounds.max))
    throw badParameter(name, `a whole number from ${bounds.min} to ${bounds.max}.`);
  return value;
}

export function choiceParameter<T extends string>(query: Query, name: string, choices: readonly T[]): T {
  const text = textParameter(query, name) ?? choices[0];
  if (!choices.includes(text as T)) throw badParameter(name, `one of ${choices.join(', ')}.`);
  return text as T;
}

export function onlyKnown(query: Query, names: readonly string[]): void {
  const unknown = Object.keys(query).find((name) => !names.includes(name));
  if (unknown !== undefined) throw badParameter(unknown, `unknown here; there are ${names.join(', ')}.`);
}

export const badParameter = (name: string, says: string): Problem =>
  new Problem('invalid-parameter', `${name}: ${says}`, { parameter: name });
