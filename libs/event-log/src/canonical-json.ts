/** Deeper JSON is refused: the recursion below must never meet the end of the stack. */
export const MAX_DEPTH = 128;

/**
 * RFC 8785 (JCS) text of a JSON value: members in the order of their UTF-16 code units, numbers as
 * ECMAScript prints them, no white space. Equal values give equal text, so the text can be hashed.
 *
 * Throws TypeError for what has no canonical form: lone surrogates, numbers that are not finite,
 * anything JSON cannot hold, nesting beyond MAX_DEPTH.
 */
export function canonicalJson(value: unknown): string {
  return write(value, MAX_DEPTH);
}

/** What JSON must escape, and surrogates, which may be lone. Most strings have none of it. */
const NOT_PLAIN = /["\\\u0000-\u001f\ud800-\udfff]/;

/** JCS text of a string. JSON.stringify escapes as RFC 8785 wants; it only lets lone surrogates pass. */
export function quote(text: string): string {
  if (!NOT_PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError('a string holds a lone surrogate');
  return JSON.stringify(text);
}

const KNOWN_NAMES = 1_000;
const knownMembers = new Map<string, string>();

/** `"name":`, remembered for the first thousand names: the same few stand in every event. */
export function member(name: string): string {
  const known = knownMembers.get(name);
  if (known !== undefined) return known;
  const text = `${quote(name)}:`;
  if (knownMembers.size < KNOWN_NAMES) knownMembers.set(name, text);
  return text;
}

const FEW_NAMES = 24;

/** Member names by UTF-16 code unit. Inserting beats Array.sort while there are few. */
export function sortedNames(object: object): string[] {
  const names = Object.keys(object);
  if (names.length > FEW_NAMES) return names.sort();
  for (let i = 1; i < names.length; i++) {
    const name = names[i]!;
    let at = i;
    for (; at > 0 && names[at - 1]! > name; at--) names[at] = names[at - 1]!;
    names[at] = name;
  }
  return names;
}

function write(value: unknown, depth: number): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return writeNumber(value);
  if (typeof value === 'boolean' || value === null) return String(value);
  if (typeof value !== 'object') throw new TypeError(`JSON cannot hold a value of type ${typeof value}`);
  if (depth === 0) throw new TypeError(`nested deeper than ${MAX_DEPTH} levels`);
  return Array.isArray(value) ? writeArray(value, depth - 1) : writeObject(value, depth - 1);
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`JSON cannot hold the number ${value}`);
  return String(value);
}

function writeArray(values: readonly unknown[], depth: number): string {
  let text = '';
  for (const value of values) text += (text === '' ? '' : ',') + write(value, depth);
  return `[${text}]`;
}

function writeObject(object: object, depth: number): string {
  let text = '';
  for (const name of sortedNames(object)) {
    text += (text === '' ? '' : ',') + member(name) + write((object as Record<string, unknown>)[name], depth);
  }
  return `{${text}}`;
}
