// class-transformer's Type reads the types that the compiler left behind.
import 'reflect-metadata';
import { Type, ValidateNested } from '../class-validator';
import { type Class, type Owner, type Rule, matching, rule } from './rule';
import { UUID_PATTERN } from './text';

/** The id of another event of the same crisis; the log checks that it exists and is of one of these types. */
export const Reference = (types?: readonly string[]): Rule =>
  matching('reference', 'must be the id of an event of this crisis: a UUID in lower case', UUID_PATTERN, {
    schema: { format: 'uuid' },
    refersTo: types === undefined ? {} : { types },
  });

const isObject = (value: unknown): value is Owner =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const Nested = (of: Class): Rule =>
  withNested(
    rule('object', 'must be an object', isObject, {
      schema: { type: 'object' },
      nested: { of },
    }),
    Type(() => of),
  );

/** An object of the class that its own `type` names. */
export const ByType = (byType: ReadonlyMap<string, Class>): Rule =>
  withNested(
    rule(
      'event-type',
      `must be an object whose type is one of ${[...byType.keys()].join(', ')}`,
      (value) => isObject(value) && byType.has(value.type as string),
      { nested: { byType } },
    ),
    Type(() => Object, {
      keepDiscriminatorProperty: true,
      discriminator: {
        property: 'type',
        subTypes: [...byType].map(([name, value]) => ({ name, value })),
      },
    }),
  );

/** `Type` and `ValidateNested` let plain class-transformer and class-validator see the same nesting. */
const withNested = (itself: Rule, type: PropertyDecorator): Rule => {
  const all =
    (...decorators: readonly PropertyDecorator[]): PropertyDecorator =>
    (target, name) =>
      decorators.forEach((decorate) => decorate(target, name));
  return Object.assign(all(ValidateNested(), type, itself), {
    each: all(ValidateNested({ each: true }), type, itself.each),
    isNested: true,
  });
};

export interface ListSize {
  readonly min?: number;
  readonly max: number;
}

/** A list of simple values has each at most once. */
export const ListOf = (item: Rule, { min = 0, max }: ListSize): PropertyDecorator => {
  const unique = !item.isNested;
  const list = rule(
    'list',
    `must be a list of ${min} to ${max}${unique ? ' different' : ''} items`,
    (value) =>
      Array.isArray(value) &&
      value.length >= min &&
      value.length <= max &&
      (!unique || new Set(value).size === value.length),
    {
      schema: {
        type: 'array',
        minItems: min,
        maxItems: max,
        ...(unique && { uniqueItems: true }),
      },
    },
  );
  return (target, name) => {
    item.each(target, name);
    list(target, name);
  };
};

/** Of two lists at least one has something in it. */
export const SomeWith = (other: string): Rule =>
  rule(
    'participants',
    `must not be empty where ${other} has nothing in it`,
    (value, owner) => isFilled(value) || isFilled(owner[other]),
  );

const isFilled = (value: unknown): boolean => Array.isArray(value) && value.length > 0;

/** No two items of the list have the same value of this field (or, where it holds lists, a value in common). */
export const Distinct = (field: string): Rule =>
  rule(
    'distinct',
    `must not have the same ${field} twice`,
    (value) => !Array.isArray(value) || areDistinct(value.flatMap((item: Owner | null) => item?.[field] ?? [])),
  );

const areDistinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length;
