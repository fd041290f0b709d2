import { ValidateBy } from '../class-validator';

/**
 * What a field's value must be. Each rule is a class-validator decorator that carries, besides its test, a stable
 * slug (the `rule` of a violation), a sentence, and the JSON Schema it amounts to; so class-validator, the compiled
 * parser, the schemas and the documentation cannot disagree.
 *
 * Rules are read from top to bottom; the first that fails is the one reported.
 */
export type Rule = PropertyDecorator & {
  /** The same rule for every item of a list. */
  readonly each: PropertyDecorator;
  readonly isNested: boolean;
};

export type Class<T extends object = object> = new () => T;
export type JsonSchema = { readonly [keyword: string]: unknown };

/** What a rule tells about its field, kept in class-validator's own `context`. */
export interface RuleContext {
  readonly schema: JsonSchema;
  /** What class-validator asks; the compiled parser asks it without the way through class-validator. */
  readonly test: Test;
  /** The value is an object of this class, or of the class that its `type` names. */
  readonly nested?: Nesting;
  /** The value is the id of another event of the crisis, of one of these types (any, when not given). */
  readonly refersTo?: { readonly types?: readonly string[] };
}
export type Nesting = { readonly of: Class } | { readonly byType: ReadonlyMap<string, Class> };

export type Owner = Readonly<Record<string, unknown>>;
export type Test = (value: unknown, owner: Owner) => boolean;
type Sentence = string | ((value: unknown, owner: Owner) => string);

/** `says` completes "<field> …", e.g. "must be true or false". */
export const rule = (name: string, says: Sentence, test: Test, context: Partial<RuleContext> = {}): Rule => {
  const decorate = (each: boolean): PropertyDecorator =>
    ValidateBy(
      {
        name,
        validator: {
          validate: (value, args) => test(value, args!.object as Owner),
          defaultMessage: (args) => {
            const sentence = typeof says === 'string' ? says : says(args!.value, args!.object as Owner);
            return `${each ? 'each of ' : ''}${args!.property} ${sentence}`;
          },
        },
      },
      { each, context: { schema: {}, test, ...context } },
    );
  return Object.assign(decorate(false), {
    each: decorate(true),
    isNested: false,
  });
};

/** Text of a pattern, which also bounds its length unless `maxLength` does. */
export const matching = (name: string, says: string, pattern: string, context: Partial<RuleContext> = {}): Rule => {
  const shape = new RegExp(pattern, 'u');
  return rule(name, says, (value) => typeof value === 'string' && shape.test(value), {
    ...context,
    schema: { type: 'string', pattern, ...context.schema },
  });
};
