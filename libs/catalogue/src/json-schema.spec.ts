import addFormats from 'ajv-formats';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import * as fc from 'fast-check';
import { type EventType, type Violation, definitions, jsonSchema, openApiSchemas } from '.';
import { compile } from './compile';
import { type MutatedExample, mutatedExamples } from './testing/mutated-examples';

const ajvFor = (): Ajv2020 =>
  addFormats(new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true }));

const types = definitions.map(({ type }) => type);

const schemas = new Map<string, ValidateFunction>(types.map((type) => [type, ajvFor().compile(jsonSchema(type))]));

describe.each(types)('%s', (type: EventType) => {
  test('has a schema that the meta-schema of 2020-12 accepts', () => {
    const ajv = ajvFor();
    expect([ajv.validateSchema(jsonSchema(type)), ajv.errors]).toEqual([true, null]);
  });

  test('has an example that its schema accepts', () => {
    const validate = schemas.get(type)!;
    const { example } = definitions.find((definition) => definition.type === type)!;
    expect([validate(example), validate.errors]).toEqual([true, null]);
  });
});

const violations = ({ type, element }: MutatedExample): readonly Violation[] => {
  const out: Violation[] = [];
  compile(definitions.find((definition) => definition.type === type)!.element)(element, out);
  return out;
};

test('a schema accepts whatever the parser accepts', () => {
  fc.assert(
    fc.property(mutatedExamples, (mutated) => {
      fc.pre(violations(mutated).length === 0);
      const validate = schemas.get(mutated.type)!;
      expect([validate(mutated.element), validate.errors, mutated.element]).toEqual([true, null, mutated.element]);
    }),
    { numRuns: 1_000 },
  );
});

/** What JSON Schema cannot say: comparisons of fields, the map of codes, NFC and whole characters, -0, real addresses. */
const BEYOND_A_SCHEMA = new Set(['order', 'distinct', 'participants', 'cameo-code', 'label', 'text', 'url']);

test('the parser refuses more than a schema only where no schema can', () => {
  fc.assert(
    fc.property(mutatedExamples, (mutated) => {
      fc.pre(schemas.get(mutated.type)!(mutated.element));
      const unexpected = violations(mutated).filter(({ rule }) => !BEYOND_A_SCHEMA.has(rule));
      expect(unexpected.filter(({ rule }) => !(NUMERIC.has(rule) && hasNegativeZero(mutated.element)))).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

const NUMERIC = new Set(['integer', 'degrees', 'numbers']);
const hasNegativeZero = (value: unknown): boolean =>
  Object.is(value, -0) || (typeof value === 'object' && value !== null && Object.values(value).some(hasNegativeZero));

describe('the components of OpenAPI', () => {
  const components = openApiSchemas();

  test('refer only to each other', () => {
    const references = [...JSON.stringify(components).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name]) => name!,
    );
    expect(references.filter((name) => !Object.hasOwn(components, name))).toEqual([]);
  });

  test('NewEvent takes every example but the opening, and no other type', () => {
    const ajv = ajvFor();
    ['discriminator', 'components'].forEach((keyword) => ajv.addKeyword(keyword));
    const validate = ajv.compile({ $ref: '#/components/schemas/NewEvent', components: { schemas: components } });
    const verdicts = definitions.map(({ type, example }) => [type, validate(example)]);
    expect(verdicts).toEqual(types.map((type) => [type, type !== 'CrisisOpened']));
    expect(validate({ ...definitions[4]!.example, type: 'StrikeMade' })).toBe(false);
  });

  test('describe every type with an example', () => {
    expect(types.filter((type) => !Array.isArray(components[type]?.examples))).toEqual([]);
  });
});
