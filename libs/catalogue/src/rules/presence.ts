import { ValidateIf } from '../class-validator';

/**
 * Whether a field must be there. Every field of a payload class says so with exactly one of these decorators, which
 * are class-validator's `ValidateIf` with the reason kept beside the condition, for messages and schemas.
 *
 * Absent means unknown. `null` never does: it is refused everywhere (class-validator's own `IsOptional` lets it in).
 */
export type Presence = { readonly description?: string } & (
  | { readonly kind: 'optional'; readonly default?: unknown }
  | { readonly kind: 'required' }
  | { readonly kind: 'requiredWith'; readonly other: string }
  | { readonly kind: 'requiredWithout'; readonly others: readonly string[] }
  | {
      readonly kind: 'requiredWhen';
      readonly other: string;
      readonly values: readonly string[];
    }
);

type Owner = Readonly<Record<string, unknown>>;

const present = (isRequired: (owner: Owner) => boolean, presence: Presence): PropertyDecorator =>
  ValidateIf((owner: Owner, value) => value !== undefined || isRequired(owner), { context: presence });

/** A default is what absence means to a reader. It is filled in on read and never stored. */
export const Optional = (description = '', options: { readonly default?: unknown } = {}): PropertyDecorator =>
  present(() => false, { kind: 'optional', description, ...options });

export const Required = (description = ''): PropertyDecorator => present(() => true, { kind: 'required', description });

/** Required where the other field is there. */
export const RequiredWith = (other: string, description = ''): PropertyDecorator =>
  present((owner) => owner[other] !== undefined, {
    kind: 'requiredWith',
    other,
    description,
  });

/** Required where none of the others is there: at least one of them all. */
export const RequiredWithout = (others: readonly string[], description = ''): PropertyDecorator =>
  present((owner) => others.every((other) => owner[other] === undefined), {
    kind: 'requiredWithout',
    others,
    description,
  });

/** Required where the other field has one of these values. */
export const RequiredWhen = (other: string, values: readonly string[], description = ''): PropertyDecorator =>
  present((owner) => values.includes(owner[other] as string), {
    kind: 'requiredWhen',
    other,
    values,
    description,
  });
