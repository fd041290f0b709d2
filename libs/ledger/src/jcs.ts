/** Deeper JSON has no form here. A limit of the stored format: what is refused at append is refused here. */
export const MAX_DEPTH = 128;

/**
 * RFC 8785 (JCS) text of a JSON value. Written a second time here on purpose: a verifier that shared this with the
 * server would share its mistakes. Throws TypeError for what has no canonical form.
 */
export function jcs(value: unknown, depth = MAX_DEPTH): string {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`JSON cannot hold ${value}`);
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean' || value === null) return String(value);
  if (typeof value !== 'object') throw new TypeError(`JSON cannot hold a value of type ${typeof value}`);
  if (depth === 0) throw new TypeError(`nested deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) return `[${value.map((element) => jcs(element, depth - 1)).join(',')}]`;
  const members = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(members).sort();
  return `{${names.map((name) => `${text(name)}:${jcs(members[name], depth - 1)}`).join(',')}}`;
}

/** JSON.stringify escapes as RFC 8785 wants; it only lets lone surrogates pass. */
function text(value: string): string {
  if (!value.isWellFormed()) throw new TypeError('a string holds a lone surrogate');
  return JSON.stringify(value);
}
