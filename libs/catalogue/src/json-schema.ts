import type { EventDefinition } from './define-event';
import { type Field, fieldsOf } from './metadata';
import type { Class, JsonSchema, Nesting, Presence } from './rules';

/**
 * JSON Schema 2020-12 from the same metadata that validates. A schema accepts whatever the parser accepts; the parser
 * refuses some things that a schema cannot say (an order of two dates, a code that belongs to another type).
 */

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** Where the schemas of nested classes are collected, and how they are referred to. */
interface Target {
  readonly schemas: Map<string, JsonSchema>;
  readonly refer: (name: string) => string;
  /** OpenAPI knows `discriminator`, plain JSON Schema does not. */
  readonly discriminates: boolean;
}

/** Names the schema of a type as sent: changes with the version and never otherwise. */
const schemaUri = (type: string, version: number): string => `urn:crisis-log:event:${type}:${version}`;

/** The same of a type as it is read. */
export const readSchemaUri = (type: string, version: number): string => `${schemaUri(type, version)}:read`;

/** The whole element of a type as sent, self-contained. */
export const elementSchema = ({ type, version, description, element, example }: EventDefinition): JsonSchema => {
  const schemas = new Map<string, JsonSchema>();
  const refer = (name: string): string => `#/$defs/${name}`;
  const schema = classSchema(element, { schemas, refer, discriminates: false });
  return {
    $schema: DIALECT,
    $id: schemaUri(type, version),
    title: type,
    description,
    ...schema,
    examples: [example],
    ...(schemas.size > 0 && { $defs: Object.fromEntries(schemas) }),
  };
};

/**
 * Schemas for `components` of an OpenAPI 3.1 document: one for each type, one for each nested class, and `NewEvent`:
 * any event that may be appended to a crisis that is open.
 */
export const componentSchemas = (definitions: readonly EventDefinition[]): Record<string, JsonSchema> => {
  const schemas = new Map<string, JsonSchema>();
  const target: Target = {
    schemas,
    refer: (name) => `#/components/schemas/${name}`,
    discriminates: true,
  };
  for (const { type, description, element, example } of definitions)
    schemas.set(type, {
      title: type,
      description,
      ...classSchema(element, target),
      examples: [example],
    });
  const appended = definitions.filter(({ type }) => type !== 'CrisisOpened');
  const newEvent = oneOf(new Map(appended.map(({ type }) => [type, type])), target);
  return {
    NewEvent: { title: 'NewEvent', ...newEvent },
    ...Object.fromEntries(schemas),
  };
};

const classSchema = (target: Class, into: Target): JsonSchema => {
  const fields = fieldsOf(target);
  const required = fields.filter(({ presence }) => presence.kind === 'required').map(({ name }) => name);
  const conditions = fields.flatMap(({ name, presence }) => condition(name, presence));
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field, into)])),
    ...(required.length > 0 && { required }),
    ...(conditions.length > 0 && { allOf: conditions }),
    additionalProperties: false,
  };
};

const condition = (name: string, presence: Presence): readonly JsonSchema[] => {
  switch (presence.kind) {
    case 'requiredWith':
      return [{ dependentRequired: { [presence.other]: [name] } }];
    case 'requiredWithout':
      return [
        {
          anyOf: [name, ...presence.others].map((either) => ({
            required: [either],
          })),
        },
      ];
    case 'requiredWhen': {
      const { other, values } = presence;
      return [
        {
          if: { properties: { [other]: { enum: values } }, required: [other] },
          then: { required: [name] },
        },
      ];
    }
    default:
      return [];
  }
};

const fieldSchema = ({ presence, rules }: Field, into: Target): JsonSchema => {
  const itself: JsonSchema[] = [];
  const items: JsonSchema[] = [];
  for (const { each, context } of rules)
    (each ? items : itself).push(context.nested === undefined ? context.schema : nestedSchema(context.nested, into));
  return {
    ...(presence.description && { description: presence.description }),
    ...merge(itself),
    ...(items.length > 0 && { items: merge(items) }),
    ...(presence.kind === 'optional' && presence.default !== undefined && { default: presence.default }),
  };
};

const merge = (parts: readonly JsonSchema[]): JsonSchema => Object.fromEntries(parts.flatMap(Object.entries));

const nestedSchema = (nested: Nesting, into: Target): JsonSchema => {
  if ('of' in nested) return { $ref: into.refer(collect(nested.of, into)) };
  return oneOf(new Map([...nested.byType].map(([type, target]) => [type, collect(target, into)])), into);
};

const oneOf = (byType: ReadonlyMap<string, string>, { refer, discriminates }: Target): JsonSchema => ({
  oneOf: [...byType.values()].map((name) => ({ $ref: refer(name) })),
  ...(discriminates && {
    discriminator: {
      propertyName: 'type',
      mapping: Object.fromEntries([...byType].map(([type, name]) => [type, refer(name)])),
    },
  }),
});

/** Classes are known by their names; two of one name would silently share a schema. */
const collect = (target: Class, into: Target): string => {
  const { name } = target;
  const known = owners.get(name);
  if (known !== undefined && known !== target) throw new Error(`two payload classes of the name ${name}`);
  owners.set(name, target);
  if (!into.schemas.has(name)) into.schemas.set(name, classSchema(target, into));
  return name;
};

const owners = new Map<string, Class>();
