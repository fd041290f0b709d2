/** Deeper JSON is refused: the recursion below must never meet the end of the stack. */
export const MAX_DEPTH = 128;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;

/** Up to here a loop is faster than a view to copy from. */
const FEW_BYTES = 200;

/** What RFC 8785 escapes, by code: the short form where JSON has one, else six characters. */
const ESCAPES = [...Array.from({ length: 0x20 }, (_none, code) => code), QUOTE, BACKSLASH].reduce<string[]>(
  (escapes, code) => ((escapes[code] = JSON.stringify(String.fromCharCode(code)).slice(1, -1)), escapes),
  Array<string>(BACKSLASH + 1).fill(''),
);

/**
 * RFC 8785 (JCS) text of a JSON value: members in the order of their UTF-16 code units, numbers as
 * ECMAScript prints them, no white space. Equal values give equal text, so the text can be hashed.
 *
 * Throws TypeError for what has no canonical form: lone surrogates, numbers that are not finite,
 * anything JSON cannot hold, nesting beyond MAX_DEPTH.
 */
export function canonicalJson(value: unknown): string {
  shared.length = 0;
  shared.value(value);
  return shared.bytes.toString('utf8', 0, shared.length);
}

/** JCS text of a string. JSON.stringify escapes as RFC 8785 wants; it only lets lone surrogates pass. */
export function quote(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('a string holds a lone surrogate');
  return JSON.stringify(text);
}

/**
 * Writes JCS as UTF-8 bytes, one value after the other, into a buffer that grows. What is hashed and stored is
 * bytes; going there by strings, joined and encoded, took twice as long.
 */
export class CanonicalWriter {
  bytes = Buffer.allocUnsafe(64 * 1024);
  length = 0;

  value(value: unknown, depth = MAX_DEPTH): void {
    if (typeof value === 'string') this.string(value);
    else if (typeof value === 'number') this.number(value);
    else if (typeof value === 'boolean' || value === null) this.ascii(String(value));
    else if (typeof value !== 'object') throw new TypeError(`JSON cannot hold a value of type ${typeof value}`);
    else if (depth === 0) throw new TypeError(`nested deeper than ${MAX_DEPTH} levels`);
    else if (Array.isArray(value)) this.array(value, depth - 1);
    else this.object(value, depth - 1);
  }

  string(text: string): void {
    this.reserve(text.length * 6 + 2);
    const { bytes } = this;
    let at = this.length;
    bytes[at++] = QUOTE;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x20 && code < 0x80 && code !== QUOTE && code !== BACKSLASH) bytes[at++] = code;
      else if (code < 0x80) for (const char of ESCAPES[code]!) bytes[at++] = char.charCodeAt(0);
      else if (code < 0xd800 || code > 0xdfff) at = writeUtf8(bytes, at, code);
      else at = writeUtf8(bytes, at, surrogatePair(text, i++));
    }
    bytes[at++] = QUOTE;
    this.length = at;
  }

  /** `"name":` */
  name(name: string): void {
    this.string(name);
    this.byte(COLON);
  }

  byte(code: number): void {
    this.reserve(1);
    this.bytes[this.length++] = code;
  }

  ascii(text: string): void {
    this.reserve(text.length);
    for (let i = 0; i < text.length; i++) this.bytes[this.length++] = text.charCodeAt(i);
  }

  /** Text that is JCS already. */
  utf8(text: string): void {
    this.reserve(text.length * 3);
    this.length += this.bytes.write(text, this.length);
  }

  /** Bytes of this or another writer, from and to. */
  copy(bytes: Uint8Array, from: number, to: number): void {
    this.reserve(to - from);
    const shift = this.length - from;
    if (to - from > FEW_BYTES) this.bytes.set(bytes.subarray(from, to), this.length);
    else for (let i = from; i < to; i++) this.bytes[shift + i] = bytes[i]!;
    this.length += to - from;
  }

  private number(value: number): void {
    if (!Number.isFinite(value)) throw new TypeError(`JSON cannot hold the number ${value}`);
    this.ascii(String(value));
  }

  private array(values: readonly unknown[], depth: number): void {
    this.byte(OPEN_BRACKET);
    for (let i = 0; i < values.length; i++) {
      if (i > 0) this.byte(COMMA);
      this.value(values[i], depth);
    }
    this.byte(CLOSE_BRACKET);
  }

  private object(object: object, depth: number): void {
    this.byte(OPEN_BRACE);
    const names = sortedNames(object);
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!;
      if (i > 0) this.byte(COMMA);
      this.name(name);
      this.value((object as Record<string, unknown>)[name], depth);
    }
    this.byte(CLOSE_BRACE);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe((this.length + count) * 2);
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}

/** Writes a code point beyond ASCII; returns where the next goes. */
function writeUtf8(bytes: Uint8Array, at: number, point: number): number {
  if (point < 0x800) bytes[at++] = 0xc0 | (point >> 6);
  else {
    if (point < 0x10000) bytes[at++] = 0xe0 | (point >> 12);
    else {
      bytes[at++] = 0xf0 | (point >> 18);
      bytes[at++] = 0x80 | ((point >> 12) & 0x3f);
    }
    bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
  }
  bytes[at++] = 0x80 | (point & 0x3f);
  return at;
}

function surrogatePair(text: string, at: number): number {
  const point = text.codePointAt(at)!;
  if (point < 0x10000) throw new TypeError('a string holds a lone surrogate');
  return point;
}

const shared = new CanonicalWriter();

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
