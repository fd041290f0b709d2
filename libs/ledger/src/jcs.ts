/** Deeper JSON has no form here. A limit of the stored format: what is refused at append is refused here. */
export const MAX_DEPTH = 128;

/**
 * RFC 8785 (JCS) text of a JSON value. Written a second time here on purpose: a verifier that shared this with the
 * server would share its mistakes. Throws TypeError for what has no canonical form.
 */
export function jcs(value: unknown, depth = MAX_DEPTH): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`JSON cannot hold ${value}`);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (typeof value !== 'object') throw new TypeError(`JSON cannot hold a value of type ${typeof value}`);
  if (depth === 0) throw new TypeError(`nested deeper than ${MAX_DEPTH} levels`);
  let text = '';
  if (Array.isArray(value)) {
    for (const element of value) text += (text && ',') + jcs(element, depth - 1);
    return `[${text}]`;
  }
  const members = value as Readonly<Record<string, unknown>>;
  for (const name of ascending(Object.keys(members))) {
    text += (text && ',') + quotedName(name) + ':' + jcs(members[name], depth - 1);
  }
  return `{${text}}`;
}

/** In the order of UTF-16 code units. What was parsed from JCS is in order, and to see that takes less than to sort. */
function ascending(names: string[]): string[] {
  for (let i = 1; i < names.length; i++) if (names[i - 1]! > names[i]!) return names.sort();
  return names;
}

/** What JSON must escape, and surrogates, which may be lone. Most strings have none of it. */
const NOT_PLAIN = /["\\\u0000-\u001f\ud800-\udfff]/;

/** JSON.stringify escapes as RFC 8785 wants; it only lets lone surrogates pass. */
function quote(text: string): string {
  if (!NOT_PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError('a string holds a lone surrogate');
  return JSON.stringify(text);
}

/** Names recur, event after event: what of them was quoted before is not looked through again. */
const quotedNames = new Map<string, string>();
const NAMES_REMEMBERED = 1_000;
/** Longer ones are nobody's names: what is remembered stays for good. */
const MAX_REMEMBERED = 100;

function quotedName(name: string): string {
  const known = quotedNames.get(name);
  if (known !== undefined) return known;
  const quoted = quote(name);
  if (quotedNames.size < NAMES_REMEMBERED && name.length <= MAX_REMEMBERED) quotedNames.set(name, quoted);
  return quoted;
}
