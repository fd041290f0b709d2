import { MAX_VIOLATIONS } from './limits';
import { type Field, type FieldRule, fieldsOf } from './metadata';
import type { Class, Nesting, Owner } from './rules';

/** One complaint about an event: where (a JSON pointer, RFC 6901), which rule (a stable slug), and what to do. */
export interface Violation {
  pointer: string;
  rule: string;
  message: string;
}

/** Adds what is wrong with the value to `out`, with pointers that start at the value. */
export type Check = (value: Owner, out: Violation[]) => void;

type FieldCheck = (owner: Owner, value: unknown, out: Violation[]) => void;
/** False when the rule does not hold; the rules after it are then not asked. */
type RuleCheck = (owner: Owner, value: unknown, out: Violation[]) => boolean;

/**
 * The rules of a class as one closure, made once at load. It accepts what class-validator accepts with `whitelist`
 * and `forbidNonWhitelisted`, in a tenth of the time: no instances are built and no metadata is searched.
 */
export const compile = (target: Class): Check => {
  const fields = fieldsOf(target);
  const checks = new Map(fields.map((field) => [field.name, compileField(field)]));
  const mayBeMissed = fields
    .filter(({ presence }) => presence.kind !== 'optional')
    .map(({ name }) => [name, checks.get(name)!] as const);

  return (value, out) => {
    // JSON values inherit nothing enumerable, so these are their own.
    for (const key in value) {
      if (out.length >= MAX_VIOLATIONS) return;
      const check = checks.get(key);
      if (check === undefined) out.push(unknownField(key));
      else check(value, value[key], out);
    }
    for (const [name, check] of mayBeMissed) if (!Object.hasOwn(value, name)) check(value, undefined, out);
  };
};

const unknownField = (key: string): Violation => ({
  pointer: `/${escape(key)}`,
  rule: 'unknown-field',
  message: 'no such field here; leave it out',
});

/** RFC 6901 section 3. A hostile name may be long: the pointer need only be recognised. */
const escape = (key: string): string => key.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1');

const compileField = (field: Field): FieldCheck => {
  const pointer = `/${field.name}`;
  const rules = field.rules.map((rule) => compileRule(rule, field.name));
  const nested = compileNested(field);
  const { applies } = field;
  return (owner, value, out) => {
    if (value === undefined || value === null) {
      if (value === undefined && !applies(owner, value)) return;
      out.push({ pointer, ...(value === null ? NULL : required(field)) });
      return;
    }
    for (const holds of rules) if (!holds(owner, value, out)) return;
    nested?.(value, out);
  };
};

const NULL = {
  rule: 'null',
  message: 'null is no value here; leave the field out when it is unknown',
};

const required = ({ name, presence }: Field): Omit<Violation, 'pointer'> => ({
  rule: 'required',
  message: `${name} is required${reason[presence.kind](presence as never)}`,
});

const reason = {
  optional: () => '',
  required: () => '',
  requiredWith: ({ other }: { other: string }) => ` where there is ${other}`,
  requiredWithout: ({ others }: { others: readonly string[] }) => ` where there is no ${others.join(' and no ')}`,
  requiredWhen: ({ other, values }: { other: string; values: readonly string[] }) =>
    ` where ${other} is ${values.join(' or ')}`,
};

const compileRule = (rule: FieldRule, property: string): RuleCheck => {
  const pointer = `/${property}`;
  const { test } = rule.context;
  const complaint = (at: string, value: unknown, object: Owner): Violation => ({
    pointer: at,
    rule: rule.name,
    message: rule.message({ value, object, property, constraints: [], targetName: '' }),
  });

  if (!rule.each)
    return (owner, value, out) => {
      if (test(value, owner)) return true;
      out.push(complaint(pointer, value, owner));
      return false;
    };
  // The rule of the list itself stands above the rule of its items and has held.
  return (owner, value, out) => {
    const before = out.length;
    const list = value as readonly unknown[];
    for (let index = 0; index < list.length; index++)
      if (!test(list[index], owner)) out.push(complaint(`${pointer}/${index}`, list[index], owner));
    return out.length === before;
  };
};

const compileNested = (field: Field): ((value: unknown, out: Violation[]) => void) | undefined => {
  const rule = field.rules.find(({ context }) => context.nested !== undefined);
  if (rule === undefined) return undefined;
  const check = checkOf(rule.context.nested!);
  const pointer = `/${field.name}`;
  if (!rule.each) return (value, out) => within(check, value as Owner, out, () => pointer);
  return (value, out) => {
    const list = value as readonly Owner[];
    for (let index = 0; index < list.length; index++) within(check, list[index]!, out, () => `${pointer}/${index}`);
  };
};

const checkOf = (nested: Nesting): Check => {
  if ('of' in nested) return compile(nested.of);
  const byType = new Map([...nested.byType].map(([type, target]) => [type, compile(target)]));
  return (value, out) => byType.get(value.type as string)!(value, out);
};

/** Pointers are put together only when there is something to point at. */
const within = (check: Check, value: Owner, out: Violation[], pointer: () => string): void => {
  const before = out.length;
  check(value, out);
  for (let index = before; index < out.length; index++) out[index]!.pointer = pointer() + out[index]!.pointer;
};
