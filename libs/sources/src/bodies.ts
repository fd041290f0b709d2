/** Intergovernmental bodies by their CAMEO group codes; none of these is a country's. */
const BODIES = new Set(
  'UNO IAE EEC NAT OIC ARL GCC NON OPC ASN OAU SCO ECO COE SCE IMF WBK WTO ICJ ICC ITP IGO'.split(' '),
);

/** Whether an actor code is that of an intergovernmental body: a 04x with one at an end is multilateral. */
export const isBody = (code: string): boolean => BODIES.has(code.slice(0, 3));

/** The part of a code that says who, without the role: IRN of IRNGOV, UNO of UNO. */
export const partyOf = (code: string): string => code.slice(0, 3);

/**
 * A body's own code from GDELT's, which files it under IGO and a region or parent: the agency IAEA is IAE, all else of
 * the United Nations (its agencies too) UNO, the Union's institutions EEC; others by the group code inside, IGOWSTNAT
 * being NAT. Undefined when the code is not a known body's.
 */
export const bodyOfGdelt = (code: string): string | undefined => {
  if (!code.startsWith('IGO')) return undefined;
  if (code.startsWith('IGOUNOIAE')) return 'IAE';
  if (code.startsWith('IGOEUREEC')) return 'EEC';
  if (code.startsWith('IGOUNO')) return 'UNO';
  return code
    .slice(3)
    .match(/[A-Z]{3}/g)
    ?.find(isBody);
};
