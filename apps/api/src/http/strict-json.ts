import { isUtf8 } from 'node:buffer';
import { Problem } from './problem';

/** A body of one JSON document, or one line of NDJSON. */
export const MAX_BODY_BYTES = 1024 * 1024;
/** Deeper documents have no meaning here and overflow the stack of recursive readers. */
export const MAX_DEPTH = 32;

/**
 * JSON as RFC 7493 (I-JSON) has it: what `JSON.parse` reads, less what it would silently alter or drop.
 * Refused: invalid UTF-8, a byte order mark, duplicate member names, escapes in member names, `__proto__`,
 * numbers that a double cannot hold, lone surrogates, depth over MAX_DEPTH.
 *
 * One pass over the text counts member names and judges numbers; duplicates show as fewer keys in the
 * value than names in the text. That is a tenth of the cost of a second parser.
 */
export function parseStrict(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw malformed('The body is not valid UTF-8.');
  return parseStrictText(bytes.toString('utf8'));
}

export function parseStrictText(text: string): unknown {
  const found = scan(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(`The body is not JSON: ${(error as Error).message}.`);
  }
  if (found.names > 0 && countNames(value) !== found.names)
    throw malformed(`The member name ${firstDuplicate(text)} stands twice in one object.`);
  if (found.escapes) requireWellFormed(value, '');
  return value;
}

interface Found {
  names: number;
  escapes: boolean;
}

const QUOTE = 0x22;

/** Not a parser: it trusts `JSON.parse` to refuse what is not JSON and looks only for what that lets pass. */
function scan(text: string): Found {
  if (text.charCodeAt(0) === 0xfeff) throw malformed('The body starts with a byte order mark; send plain UTF-8.');
  const found: Found = { names: 0, escapes: false };
  const strings = new Strings(text);
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      const start = i;
      i = strings.endOf(start);
      noteString(text, start, i, strings.escaped, found);
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > MAX_DEPTH) throw malformed(`The body is nested more than ${MAX_DEPTH} levels deep.`);
    } else if (code === 0x7d || code === 0x5d) depth--;
    else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) i = judgeNumber(text, i);
  }
  return found;
}

/** Finds the ends of strings in one pass: neither the next backslash nor the next quote is looked up twice. */
class Strings {
  escaped = false;
  #backslash = -2;

  constructor(private readonly text: string) {}

  /** Index of the closing quote, or the text's end. */
  endOf(start: number): number {
    this.escaped = false;
    let from = start + 1;
    let end = -1;
    for (;;) {
      if (end < from) end = this.text.indexOf('"', from);
      if (end === -1) return this.text.length;
      if (this.#backslash !== -1 && this.#backslash < from) this.#backslash = this.text.indexOf('\\', from);
      if (this.#backslash === -1 || this.#backslash > end) return end;
      this.escaped = true;
      from = this.#backslash + 2;
    }
  }
}

function noteString(text: string, start: number, end: number, escaped: boolean, found: Found): void {
  if (isName(text, end)) {
    if (escaped) throw malformed('A member name contains an escape; member names are plain ASCII.');
    if (end - start === 10 && text.startsWith('__proto__', start + 1))
      throw malformed('The member name __proto__ is refused.');
    found.names++;
  } else if (escaped) found.escapes = true;
}

/** A string is a member name when the next character that is not white space is a colon. */
function isName(text: string, end: number): boolean {
  for (let i = end + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x3a) return true;
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return false;
  }
  return false;
}

/** Returns the index of the number's last character. */
function judgeNumber(text: string, start: number): number {
  let end = start + 1;
  let plain = true;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code >= 0x30 && code <= 0x39) continue;
    if (code === 0x2e || code === 0x65 || code === 0x45 || code === 0x2b || code === 0x2d) plain = false;
    else break;
  }
  if (end - start > 15 || !plain) requireExact(text.slice(start, end));
  return end - 1;
}

function requireExact(number: string): void {
  const value = Number(number);
  if (Number.isNaN(value)) return;
  if (!Number.isFinite(value)) throw malformed(`The number ${shorten(number)} is too large.`);
  if (value === 0 && /^[^e]*[1-9]/i.test(number)) throw malformed(`The number ${shorten(number)} is too small.`);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw malformed(`The integer ${shorten(number)} is beyond 2^53 and would be altered; send it as a string.`);
  }
}

function countNames(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') count += countNames(item);
    return count;
  }
  for (const name in value) {
    const member = (value as Record<string, unknown>)[name];
    count++;
    if (typeof member === 'object') count += countNames(member);
  }
  return count;
}

function requireWellFormed(value: unknown, pointer: string): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw malformed(`The text at ${pointer || 'the top'} contains half a surrogate pair.`);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) requireWellFormed(member, `${pointer}/${name}`);
  }
}

/** Only to explain a refusal: the slow way to the name that made the counts differ. */
function firstDuplicate(text: string): string {
  const open: (Set<string> | undefined)[] = [];
  const strings = new Strings(text);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x7b) open.push(new Set());
    else if (code === 0x5b) open.push(undefined);
    else if (code === 0x7d || code === 0x5d) open.pop();
    else if (code === QUOTE) {
      const end = strings.endOf(i);
      const name = text.slice(i, end + 1);
      if (isName(text, end)) {
        if (open.at(-1)?.has(name)) return shorten(name);
        open.at(-1)?.add(name);
      }
      i = end;
    }
  }
  return 'of some object';
}

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

const malformed = (detail: string): Problem => new Problem('malformed-json', detail);
