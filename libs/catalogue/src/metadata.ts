import {
  getMetadataStorage,
  type ValidationArguments,
  type ValidationMetadata,
  ValidationTypes,
} from './class-validator';
import type { Class, Owner, Presence, RuleContext } from './rules';

/**
 * One reading of class-validator's metadata, for all who work from it: the compiled parser, the schemas, the
 * references, the defaults and the documentation.
 */
export interface Field {
  readonly name: string;
  readonly presence: Presence;
  /** class-validator's conditions: the rules hold only where this is true. */
  readonly applies: (owner: Owner, value: unknown) => boolean;
  /** From the first written to the last. */
  readonly rules: readonly FieldRule[];
}

export interface FieldRule {
  readonly name: string;
  readonly each: boolean;
  readonly context: RuleContext;
  readonly message: (args: ValidationArguments) => string;
}

/** The fields of a class and of those it extends, as class-validator would check them. */
export const fieldsOf = (target: Class): readonly Field[] => {
  const known = cache.get(target);
  if (known !== undefined) return known;
  const fields = readFields(target);
  cache.set(target, fields);
  return fields;
};

const cache = new WeakMap<Class, readonly Field[]>();

const readFields = (target: Class): readonly Field[] => {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(target, '', false, false);
  const byName = Map.groupBy(metadata, ({ propertyName }) => propertyName);
  return [...byName].map(([name, its]) => readField(target, name, its));
};

const readField = (target: Class, name: string, metadata: readonly ValidationMetadata[]): Field => {
  const conditions = metadata.filter(({ type }) => type === ValidationTypes.CONDITIONAL_VALIDATION);
  const [condition] = conditions;
  // What this reading does not know must never be skipped in silence; nor a field that overrides an inherited one,
  // since class-validator keeps the conditions of both.
  const strange = metadata.find((its) => !KNOWN.has(its.type) || its.groups?.length || its.validateIf);
  if (conditions.length !== 1 || condition?.context === undefined || strange !== undefined)
    throw new Error(
      `${target.name}.${name}: exactly one Optional or Required…, and rules of ./rules, in one class of a line`,
    );
  return {
    name,
    presence: condition.context as Presence,
    applies: condition.constraints[0] as Field['applies'],
    // Decorators run from the last written to the first.
    rules: metadata
      .filter(({ type }) => type === ValidationTypes.CUSTOM_VALIDATION)
      .map(readRule)
      .reverse(),
  };
};

const KNOWN: ReadonlySet<string> = new Set([
  ValidationTypes.CONDITIONAL_VALIDATION,
  ValidationTypes.CUSTOM_VALIDATION,
  // What is nested stands in the context of the rule beside it.
  ValidationTypes.NESTED_VALIDATION,
]);

const readRule = (metadata: ValidationMetadata): FieldRule => {
  const [constraint] = getMetadataStorage().getTargetValidatorConstraints(metadata.constraintCls);
  const { instance, name } = constraint!;
  const context = metadata.context as Partial<RuleContext> | undefined;
  if (context?.test === undefined) throw new Error(`the rule ${name} is not one of ./rules`);
  return {
    name,
    each: metadata.each,
    context: context as RuleContext,
    message: (args) => instance.defaultMessage!(args),
  };
};
