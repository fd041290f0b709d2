import { MAX_COUNT } from '../limits';
import { type Rule, rule } from './rule';

/** Negative zero is refused: the stored form could not keep it. */
export const Whole = (min: number, max: number): Rule =>
  rule(
    'integer',
    `must be a whole number from ${min} to ${max}`,
    (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max && !Object.is(value, -0),
    { schema: { type: 'integer', minimum: min, maximum: max } },
  );

export const Count = (): Rule => Whole(0, MAX_COUNT);

export const Degrees = (limit: number): Rule =>
  rule(
    'degrees',
    `must be a number of degrees from -${limit} to ${limit}`,
    (value) => typeof value === 'number' && Math.abs(value) <= limit && !Object.is(value, -0),
    { schema: { type: 'number', minimum: -limit, maximum: limit } },
  );

export const Flag = (): Rule =>
  rule('flag', 'must be true or false', (value) => typeof value === 'boolean', {
    schema: { type: 'boolean' },
  });

/** A comparison with something absent or broken passes: the other field has its own complaint. */
export const NotBelow = (...others: readonly string[]): Rule =>
  rule('order', `must not be below ${others.join(' or ')}`, (value, owner) =>
    others.every((other) => !((value as number) < (owner[other] as number))),
  );
