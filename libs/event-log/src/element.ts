import { hash } from 'node:crypto';
import { CanonicalWriter, canonicalJson, CLOSE_BRACE, COMMA, OPEN_BRACE, sortedNames } from './canonical-json';

/** The three parts of an event that come from its element: JCS as UTF-8. */
export interface ElementParts {
  /** The element as sent without eventId, type, tlp and without what is in `refs` and `sources`. */
  readonly content: Uint8Array;
  /** `{path: value}` of what names other events. */
  readonly refs: Uint8Array;
  /** `{path: value}` of the sources. */
  readonly sources: Uint8Array;
}

/** An element as it is decided and stored. */
export interface Element {
  /** What the embedded engine stores: JCS of {content, refs, sources}. */
  readonly body: Uint8Array;
  /** Bytes of the content and of the refs in it: with them `partsIn` finds the parts. */
  readonly contentBytes: number;
  readonly refsBytes: number;
  /** SHA-256 (base64url) of JCS of the element without eventId, and the length of that in bytes. */
  readonly contentHash: string;
  readonly size: number;
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

/** What stands between the parts in a body. */
const CONTENT = '{"content":';
const REFS = ',"refs":';
const SOURCES = ',"sources":';

/** Divides an element in one walk. Throws TypeError where JCS has no form for it. */
export const splitElement = (sent: object): Element => splitter.split(sent);

/**
 * Writes the element once, whole, and remembers which bytes of it the content leaves out. Members come in canonical
 * order and the paths of the format sort like the walk, so everything is canonical as it grows.
 */
class Splitter {
  private readonly whole = new CanonicalWriter();
  private readonly parts = { refs: new CanonicalWriter(), sources: new CanonicalWriter() };
  private readonly body = new CanonicalWriter();
  /** Pairs: from and to. */
  private readonly leftOut: number[] = [];

  split(sent: object): Element {
    const { whole, leftOut } = this;
    const { refs, sources } = this.parts;
    whole.length = refs.length = sources.length = leftOut.length = 0;
    refs.byte(OPEN_BRACE);
    sources.byte(OPEN_BRACE);
    this.object(sent, sentElement, '');
    refs.byte(CLOSE_BRACE);
    sources.byte(CLOSE_BRACE);
    return this.assemble(hash('sha256', whole.bytes.subarray(0, whole.length), 'base64url'));
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

  private assemble(contentHash: string): Element {
    const { body, whole } = this;
    const { refs, sources } = this.parts;
    body.length = 0;
    body.ascii(CONTENT);
    let from = 0;
    for (let i = 0; i < this.leftOut.length; i += 2) {
      body.copy(whole.bytes, from, this.leftOut[i]!);
      from = this.leftOut[i + 1]!;
    }
    body.copy(whole.bytes, from, whole.length);
    const contentBytes = body.length - CONTENT.length;
    body.ascii(REFS);
    body.copy(refs.bytes, 0, refs.length);
    body.ascii(SOURCES);
    body.copy(sources.bytes, 0, sources.length);
    body.byte(CLOSE_BRACE);
    return {
      body: Buffer.from(body.bytes.subarray(0, body.length)),
      contentBytes,
      refsBytes: refs.length,
      contentHash,
      size: whole.length,
    };
  }
}

const splitter = new Splitter();

/** The parts of a body, which share its bytes. */
export function partsIn({ body, contentBytes, refsBytes }: Pick<Element, 'body' | 'contentBytes' | 'refsBytes'>): ElementParts {
  const contentEnd = CONTENT.length + contentBytes;
  const refsAt = contentEnd + REFS.length;
  const refsEnd = refsAt + refsBytes;
  return {
    content: body.subarray(CONTENT.length, contentEnd),
    refs: body.subarray(refsAt, refsEnd),
    sources: body.subarray(refsEnd + SOURCES.length, body.length - 1),
  };
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

interface Body {
  readonly content: Record<string, unknown>;
  readonly refs: Record<string, unknown>;
  readonly sources: Record<string, unknown>;
}

/** The parts again, from the stored body. */
export function partsOf(body: string): ElementParts {
  const { content, refs, sources } = JSON.parse(body) as Body;
  const bytes = (part: object) => Buffer.from(canonicalJson(part));
  return { content: bytes(content), refs: bytes(refs), sources: bytes(sources) };
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
