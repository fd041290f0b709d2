import { hash } from 'node:crypto';
import { CanonicalScan } from './canonical-scan';
import { CanonicalWriter, CLOSE_BRACE, COMMA, MAX_DEPTH, OPEN_BRACE, sortedNames } from './canonical-json';

/** The three parts of an event that come from its element: JCS as UTF-8. */
export interface ElementParts {
  /** The element as sent without eventId, type, tlp and without what is in `refs` and `sources`. */
  readonly content: Uint8Array;
  /** `{path: value}` of what names other events. */
  readonly refs: Uint8Array;
  /** `{path: value}` of the sources. */
  readonly sources: Uint8Array;
}

/** An element, walked once: its canonical bytes, and which of them go where. */
export interface DividedElement {
  /** JCS of the element without eventId, then of its refs, then of its sources. */
  readonly bytes: Uint8Array;
  readonly wholeBytes: number;
  readonly refsBytes: number;
  /** Pairs, from and to: what of the whole is not content. */
  readonly leftOut: readonly number[];
}

/** Where a member goes: nowhere, only into what is hashed, into a part of its own, or deeper. */
type Place = 'omit' | 'identify' | 'refs' | 'sources' | Shape;
/** A Map, so that a member named `constructor` finds nothing. */
type Shape = ReadonlyMap<string, Place>;

const ownFields: readonly [string, Place][] = [
  ['basedOn', 'refs'],
  ['target', 'refs'],
  ['duplicateOf', 'refs'],
];
const fields: readonly [string, Place][] = [
  ['respondsTo', 'refs'],
  ['ends', 'refs'],
  ['incidentId', 'refs'],
  ['sources', 'sources'],
];
/** The whole content that a correction brings. */
const correction: Shape = new Map([...fields, ['data', new Map(ownFields)]]);
const sentElement: Shape = new Map<string, Place>([
  ['eventId', 'omit'],
  ['type', 'identify'],
  ['tlp', 'identify'],
  ...fields,
  ['data', new Map([...ownFields, ['content', correction]])],
]);

/** The text of a part. */
export const utf8 = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString();

/** Divides an element in one walk. Throws TypeError where JCS has no form for it. */
export const divideElement = (sent: object): DividedElement => divider.divide(sent);

/** SHA-256 (base64url) of JCS of the element without eventId: two elements with the same are the same. */
export const contentHashOf = ({ bytes, wholeBytes }: DividedElement): string =>
  hash('sha256', bytes.subarray(0, wholeBytes), 'base64url');

const PIECE_BYTES = 64 * 1024;

/**
 * Writes the element once, whole, and remembers which bytes of it the content leaves out. Members come in canonical
 * order and the paths of the format sort like the walk, so everything is canonical as it grows.
 */
class Divider {
  private readonly whole = new CanonicalWriter();
  private readonly parts = { refs: new CanonicalWriter(), sources: new CanonicalWriter() };
  /** Pairs: from and to. */
  private leftOut: number[] = [];
  private free: Uint8Array = new Uint8Array(0);

  divide(sent: object): DividedElement {
    const { whole } = this;
    const { refs, sources } = this.parts;
    whole.length = refs.length = sources.length = 0;
    this.leftOut = [];
    refs.byte(OPEN_BRACE);
    sources.byte(OPEN_BRACE);
    this.object(sent, sentElement, '');
    refs.byte(CLOSE_BRACE);
    sources.byte(CLOSE_BRACE);
    const bytes = this.room(whole.length + refs.length + sources.length);
    bytes.set(whole.bytes.subarray(0, whole.length));
    bytes.set(refs.bytes.subarray(0, refs.length), whole.length);
    bytes.set(sources.bytes.subarray(0, sources.length), whole.length + refs.length);
    return { bytes, wholeBytes: whole.length, refsBytes: refs.length, leftOut: this.leftOut };
  }

  /** Cut from a buffer that serves many elements: allocating one for each would cost as much as the copying. */
  private room(length: number): Uint8Array {
    if (this.free.length < length) this.free = Buffer.allocUnsafeSlow(Math.max(length, PIECE_BYTES));
    const room = this.free.subarray(0, length);
    this.free = this.free.subarray(length);
    return room;
  }

  private object(object: object, shape: Shape, path: string): void {
    const { whole, leftOut } = this;
    let isFirst = true;
    let isFirstKept = true;
    whole.byte(OPEN_BRACE);
    for (const name of sortedNames(object)) {
      const place = shape.get(name);
      if (place === 'omit') continue;
      const isKept = place === undefined || place instanceof Map;
      const start = whole.length;
      if (!isFirst) whole.byte(COMMA);
      // What stands before the first kept member is left out, so its comma is too.
      if (isKept && isFirstKept && !isFirst) leftOut.push(start, whole.length);
      whole.name(name);
      this.value((object as Record<string, unknown>)[name], place, path, name);
      if (!isKept) leftOut.push(start, whole.length);
      isFirst = false;
      isFirstKept &&= !isKept;
    }
    whole.byte(CLOSE_BRACE);
  }

  private value(value: unknown, place: Place | undefined, path: string, name: string): void {
    const { whole } = this;
    const start = whole.length;
    if (place instanceof Map && isObject(value)) return this.object(value, place, `${path}${name}.`);
    whole.value(value);
    if (place !== 'refs' && place !== 'sources') return;
    const part = this.parts[place];
    if (part.length > 1) part.byte(COMMA);
    part.name(path + name);
    part.copy(whole.bytes, start, whole.length);
  }
}

const divider = new Divider();

/** The text between the parts of a body. */
const CONTENT = '{"content":';
const REFS = ',"refs":';
const SOURCES = ',"sources":';

const [BEFORE_CONTENT, BEFORE_REFS, BEFORE_SOURCES, END] = [CONTENT, REFS, SOURCES, '}'].map((text) =>
  Buffer.from(text),
) as [Buffer, Buffer, Buffer, Buffer];

const body = new CanonicalWriter();

/**
 * What the embedded engine stores, JCS of {content, refs, sources}, and the parts in it. To be used at once: the next
 * call writes over it.
 */
export function bodyOf({ bytes, wholeBytes, refsBytes, leftOut }: DividedElement): ElementParts & { body: Uint8Array } {
  body.length = 0;
  body.ascii(CONTENT);
  let from = 0;
  for (let i = 0; i < leftOut.length; i += 2) {
    body.copy(bytes, from, leftOut[i]!);
    from = leftOut[i + 1]!;
  }
  body.copy(bytes, from, wholeBytes);
  const contentEnd = body.length;
  const refsEnd = wholeBytes + refsBytes;
  body.ascii(REFS);
  body.copy(bytes, wholeBytes, refsEnd);
  body.ascii(SOURCES);
  body.copy(bytes, refsEnd, bytes.length);
  body.byte(CLOSE_BRACE);
  return {
    body: body.bytes.subarray(0, body.length),
    content: body.bytes.subarray(CONTENT.length, contentEnd),
    refs: bytes.subarray(wholeBytes, refsEnd),
    sources: bytes.subarray(refsEnd),
  };
}

/** The same from parts that were parsed. Throws TypeError where they are none. Likewise to be used at once. */
export function bodyFrom(parts: { readonly [name in keyof Body]: unknown }): ElementParts & { body: Uint8Array } {
  body.length = 0;
  const part = (before: string, value: unknown): [from: number, to: number] => {
    if (!isObject(value)) throw new TypeError('a part is no object');
    body.ascii(before);
    const from = body.length;
    body.value(value, MAX_DEPTH - 1);
    return [from, body.length];
  };
  const content = part(CONTENT, parts.content);
  const refs = part(REFS, parts.refs);
  const sources = part(SOURCES, parts.sources);
  body.byte(CLOSE_BRACE);
  // Only now: on its way the buffer may have grown.
  const { bytes } = body;
  return {
    body: bytes.subarray(0, body.length),
    content: bytes.subarray(...content),
    refs: bytes.subarray(...refs),
    sources: bytes.subarray(...sources),
  };
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

interface Body {
  readonly content: Record<string, unknown>;
  readonly refs: Record<string, unknown>;
  readonly sources: Record<string, unknown>;
}

/**
 * The parts again, from the stored body. Throws TypeError where that is not what `bodyOf` makes. To be used at once:
 * the next call writes over them.
 */
export function partsOf(stored: string): ElementParts {
  body.length = 0;
  body.utf8(stored);
  const scan = new CanonicalScan(body.bytes, body.length);
  const part = (before: Uint8Array): Uint8Array => {
    scan.expect(before);
    const from = scan.at;
    scan.object();
    return body.bytes.subarray(from, scan.at);
  };
  const parts = { content: part(BEFORE_CONTENT), refs: part(BEFORE_REFS), sources: part(BEFORE_SOURCES) };
  scan.expect(END);
  scan.end();
  return parts;
}

/** The element as it was sent, minus eventId, type and tlp, from the stored body. */
export function elementOf(body: string): Record<string, unknown> {
  const { content, refs, sources } = JSON.parse(body) as Body;
  for (const path in refs) put(content, path, refs[path]);
  for (const path in sources) put(content, path, sources[path]);
  return content;
}

function put(content: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split('.');
  let object = content;
  // The objects on the way stayed in the content when their member was taken out.
  for (let i = 0; i < names.length - 1; i++) object = object[names[i]!] as Record<string, unknown>;
  object[names[names.length - 1]!] = value;
}
