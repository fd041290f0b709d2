import { Problem } from './problem';

/**
 * The query of a request. The readers below refuse a value with a Problem that names the parameter and what it takes.
 */
export type Query = Readonly<Record<string, string | string[] | undefined>>;

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z$/;

export const isDateTime = (text: string): boolean => DATE_TIME.test(text);

export function textParameter(query: Query, name: string): string | undefined {
  const value = query[name];
  if (Array.isArray(value)) throw badParameter(name, 'given more than once.');
  return value;
}

export function timeParameter(query: Query, name: string): number | undefined {
  const text = textParameter(query, name);
  if (text === undefined) return undefined;
  const time = isDateTime(text) ? Date.parse(text) : NaN;
  // `Date.parse` would turn 30 February into 2 March.
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

/** Refuses unknown parameters, so that a misspelt one is not silently ignored. */
export function onlyKnown(query: Query, names: readonly string[]): void {
  const unknown = Object.keys(query).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw badParameter(
    unknown,
    `unknown here; ${names.length === 0 ? 'none is taken' : `there are ${names.join(', ')}`}.`,
  );
}

export const badParameter = (name: string, says: string): Problem =>
  new Problem('invalid-parameter', `${name}: ${says}`, { parameter: name });
