import { fieldsOf } from './metadata';
import type { Class, Owner } from './rules';

/** Another event that an element names; it must exist in the crisis and be of one of these types (any, if not given). */
export interface Reference {
  /** Where in the element, as a JSON pointer. */
  readonly pointer: string;
  readonly id: string;
  readonly types?: readonly string[];
}

/** Adds the references of a valid element of a class to `out`. */
export type FindReferences = (value: Owner, pointer: string, out: Reference[]) => void;

/** Where references can stand follows from the `Reference` rules of the class; made once at load. */
export const findReferences = (target: Class): FindReferences | undefined => {
  const steps = fieldsOf(target).flatMap((field) =>
    field.rules.flatMap(({ each, context: { refersTo, nested } }) => {
      if (refersTo !== undefined) return [each ? list(field.name, refersTo) : single(field.name, refersTo)];
      // References inside list items would be no path of the stored format.
      if (nested === undefined || each) return [];
      const find = 'of' in nested ? findReferences(nested.of) : findByType(nested.byType);
      return find === undefined ? [] : [inside(field.name, find)];
    }),
  );
  if (steps.length === 0) return undefined;
  return (value, pointer, out) => steps.forEach((step) => step(value, pointer, out));
};

type Types = Pick<Reference, 'types'>;

const single =
  (name: string, types: Types): FindReferences =>
  (value, pointer, out) => {
    const id = value[name] as string | undefined;
    if (id !== undefined) out.push({ pointer: `${pointer}/${name}`, id, ...types });
  };

const list =
  (name: string, types: Types): FindReferences =>
  (value, pointer, out) => {
    const ids = (value[name] ?? []) as readonly string[];
    ids.forEach((id, index) => out.push({ pointer: `${pointer}/${name}/${index}`, id, ...types }));
  };

const inside =
  (name: string, find: FindReferences): FindReferences =>
  (value, pointer, out) => {
    if (value[name] !== undefined) find(value[name] as Owner, `${pointer}/${name}`, out);
  };

const findByType = (byType: ReadonlyMap<string, Class>): FindReferences => {
  const finders = new Map([...byType].map(([type, target]) => [type, findReferences(target)]));
  return (value, pointer, out) => finders.get(value.type as string)?.(value, pointer, out);
};
