import { fieldsOf } from './metadata';
import type { Class, Owner } from './rules';

/** Fills in what absence means. Returns a new object; what is there stays as it is. */
export type FillIn = (value: Owner) => Owner;

/** From the defaults that the fields of a class state; made once at load. Undefined: it states none. */
export const fillIn = (target: Class): FillIn | undefined => {
  const fields = fieldsOf(target);
  const values = Object.fromEntries(
    fields.flatMap(({ name, presence }) =>
      presence.kind === 'optional' && presence.default !== undefined ? [[name, presence.default]] : [],
    ),
  );
  const nested = fields.flatMap(({ name, rules }) =>
    rules.flatMap(({ each, context }) => {
      const find = !each && context.nested !== undefined && 'of' in context.nested && fillIn(context.nested.of);
      return find ? [[name, find] as const] : [];
    }),
  );
  if (Object.keys(values).length === 0 && nested.length === 0) return undefined;
  return (value) => {
    const filled: Record<string, unknown> = { ...values, ...value };
    for (const [name, fill] of nested) if (filled[name] !== undefined) filled[name] = fill(filled[name] as Owner);
    return filled;
  };
};
