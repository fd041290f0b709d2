import { ACTOR_CODE_PATTERN } from '#catalogue';

/** Short hand for the JSON Schemas of answers. */

export type Schema = { readonly [keyword: string]: unknown };

/**
 * An object with exactly these members, all there but the optional ones. Given the names of a TypeScript
 * type (`object<keyof Risk>`), a member that is forgotten or too many does not compile.
 */
export const object = <Name extends string>(
  properties: Readonly<Record<Name, Schema>>,
  optional: readonly NoInfer<Name>[] = [],
): Schema => {
  const required = (Object.keys(properties) as Name[]).filter((name) => !optional.includes(name));
  return { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false };
};

export const list = (items: Schema, more: Schema = {}): Schema => ({ type: 'array', items, ...more });
export const pair = (items: Schema): Schema => list(items, { minItems: 2, maxItems: 2 });
export const nullable = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
export const oneOf = (...names: readonly string[]): Schema => ({ oneOf: names.map(ref) });
export const words = (values: readonly unknown[]): Schema => ({ enum: values });
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
export const said = (description: string, schema: Schema): Schema => ({ description, ...schema });

export const TEXT: Schema = { type: 'string' };
export const NUMBER: Schema = { type: 'number' };
export const FLAG: Schema = { type: 'boolean' };
export const COUNT: Schema = { type: 'integer', minimum: 0 };
export const GAUGE: Schema = { type: 'number', minimum: 0, maximum: 100 };
export const SHARE: Schema = { type: 'number', minimum: 0, maximum: 1 };

/** What a caller sends and gets as a moment; answers of views give whole minutes in the same form. */
export const TIME: Schema = {
  type: 'string',
  format: 'date-time',
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,3})?)?Z$',
};
export const CRISIS_ID: Schema = { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64 };
export const EVENT_ID: Schema = {
  type: 'string',
  format: 'uuid',
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
};
export const EVENT_IDS = list(EVENT_ID);
export const ACTOR_CODE: Schema = { type: 'string', pattern: ACTOR_CODE_PATTERN };
export const ACTOR_CODES = list(ACTOR_CODE);
/** A point of the record: opaque, of one length, and worth nothing but where it was given for. */
export const TOKEN: Schema = { type: 'string', pattern: '^[A-Za-z0-9_-]{60,200}$' };
export const DIGEST: Schema = { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$' };
