import * as fc from 'fast-check';
import type { Schema } from './described-api';

const SOME_ITEMS = 3;
const LOOKAHEAD = /\(\?=(?:[^()]|\([^()]*\))*\)/g;

/** Values that a JSON Schema accepts, as far as its types, bounds and patterns say; conditions between members are left to chance. */
export class FromSchema {
  readonly #made = new Map<Schema, fc.Arbitrary<unknown>>();

  constructor(private readonly schemas: Readonly<Record<string, Schema>>) {}

  valuesOf(schema: Schema): fc.Arbitrary<unknown> {
    const made = this.#made.get(schema) ?? this.#make(schema);
    this.#made.set(schema, made);
    return made;
  }

  #make(schema: Schema): fc.Arbitrary<unknown> {
    const {
      $ref,
      const: only,
      enum: words,
      oneOf,
      anyOf,
      type,
    } = schema as {
      $ref?: string;
      const?: unknown;
      enum?: unknown[];
      oneOf?: Schema[];
      anyOf?: Schema[];
      type?: string;
    };
    if ($ref !== undefined) return this.valuesOf(this.schemas[$ref.split('/').at(-1)!]!);
    if (only !== undefined) return fc.constant(only);
    if (words) return fc.constantFrom(...words);
    const either = oneOf ?? anyOf;
    if (either && type === undefined) return fc.oneof(...either.map((each) => this.valuesOf(each)));
    switch (type) {
      case 'object':
        return this.#object(schema);
      case 'array':
        return this.#array(schema);
      case 'string':
        return text(schema);
      case 'integer':
      case 'number':
        return number(schema, type);
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      default:
        return fc.jsonValue({ maxDepth: 2 });
    }
  }

  #object(schema: Schema): fc.Arbitrary<unknown> {
    const { properties = {}, required = [] } = schema as { properties?: Record<string, Schema>; required?: string[] };
    const members = Object.entries(properties).map(([name, its]) => [name, this.valuesOf(its)] as const);
    return fc.record(Object.fromEntries(members), { requiredKeys: required, noNullPrototype: true });
  }

  #array(schema: Schema): fc.Arbitrary<unknown> {
    const {
      items,
      minItems = 0,
      maxItems = Infinity,
    } = schema as { items: Schema; minItems?: number; maxItems?: number };
    return fc.array(this.valuesOf(items), {
      minLength: minItems,
      maxLength: Math.min(maxItems, minItems + SOME_ITEMS),
    });
  }
}

function text({ format, pattern, minLength, maxLength }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time') return date().map((time) => time.toISOString());
  if (format === 'uri') return fc.webUrl();
  if (typeof pattern !== 'string')
    return fc.string({ minLength: (minLength as number) ?? 1, maxLength: Math.min((maxLength as number) ?? 40, 40) });
  return matching(pattern).filter((its) => its.length <= ((maxLength as number) ?? Infinity));
}

/** By pattern: few are many schemas', and each takes fast-check some ten milliseconds to make. */
const madeOf = new Map<string, fc.Arbitrary<string>>();

function matching(pattern: string): fc.Arbitrary<string> {
  const made = madeOf.get(pattern);
  if (made) return made;
  // fast-check has no lookaheads: it makes what the rest of the pattern allows, and the whole pattern chooses.
  const whole = new RegExp(pattern, 'u');
  const rest = pattern.replace(LOOKAHEAD, '');
  const texts = /^\^|\$$/.test(rest)
    ? fc.stringMatching(new RegExp(rest, 'u'), { size: 'xsmall' })
    : fc.string({ size: 'small' });
  const its = texts.filter((text) => whole.test(text));
  madeOf.set(pattern, its);
  return its;
}

const date = (): fc.Arbitrary<Date> =>
  fc.date({ min: new Date('1990-01-01'), max: new Date('2026-10-01'), noInvalidDate: true });

function number({ minimum, maximum }: Schema, type: 'integer' | 'number'): fc.Arbitrary<number> {
  const min = (minimum as number | undefined) ?? -1000;
  const max = (maximum as number | undefined) ?? Math.max(1000, min);
  return type === 'integer' ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true });
}
