import type { Violation } from './compile';
import type { EventDefinition } from './define-event';
import { fieldsOf } from './metadata';

/** Where a correction carries an element. */
export const CONTENT = '/data/content';

const DERIVED = 'goldstein|subType|kinetic|schemaVersion|recordedAt|recordedBy|revision|position|crisisId';
const DERIVED_FIELD = new RegExp(`^(${CONTENT})?/(${DERIVED})$`);

/** An unknown field that the sender has seen elsewhere deserves a better answer than that it is unknown. */
export const explain = (violation: Violation, { element }: EventDefinition): Violation => {
  if (violation.rule !== 'unknown-field') return violation;
  const { pointer } = violation;
  const instead = (message: string): Violation => ({ ...violation, message });
  if (DERIVED_FIELD.test(pointer)) return { pointer, rule: 'derived-field', message: 'derived on read; leave it out' };
  if (pointer === `${CONTENT}/tlp` || pointer === `${CONTENT}/eventId`)
    return instead('an event keeps its own id and marking when it is corrected; leave it out');
  if (pointer.endsWith('/cameoCode')) return instead('this type has no CAMEO code and no weight; leave it out');
  const fields = fieldsOf(element);
  const data = fields
    .find(({ name }) => name === 'data')!
    .rules.flatMap(({ context: { nested } }) => (nested !== undefined && 'of' in nested ? fieldsOf(nested.of) : []));
  if (data.some(({ name }) => pointer === `/${name}`)) return instead(`this stands inside data, as /data${pointer}`);
  if (fields.some(({ name }) => pointer === `/data/${name}`)) return instead('this stands beside data, not inside it');
  return violation;
};
