import { type CameoCodes, agrees, cameo } from '../cameo';
import { type Rule, rule } from './rule';

const SHAPE = /^[0-9]{2,4}$/;

/** A code of the verb ontology that the map (after falling back to a prefix) gives to this type of event. */
export const CameoCode = (codes: CameoCodes): Rule =>
  rule(
    'cameo-code',
    (value) => `must be a CAMEO code of a ${codes.mapped}; ${complaint(value)}`,
    (value) => {
      const found = lookUp(value);
      return found !== undefined && agrees(found, codes);
    },
    { schema: { type: 'string', pattern: SHAPE.source } },
  );

const lookUp = (value: unknown) => (typeof value === 'string' && SHAPE.test(value) ? cameo(value) : undefined);

const complaint = (value: unknown): string => {
  if (typeof value !== 'string' || !SHAPE.test(value)) return 'this is not one: text of 2 to 4 digits, such as "045"';
  const found = cameo(value);
  return found ? `${found.code} is ${found.subType} of ${found.eventType}` : `there is no code ${value}`;
};
