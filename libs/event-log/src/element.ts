import { canonicalJson, member, sortedNames } from './canonical-json';

/** JCS texts of an element as sent, divided as `docs` of the stored format say. */
export interface ElementParts {
  /** The element without eventId, type, tlp and without what is in `refs` and `sources`. */
  readonly content: string;
  /** `{path: value}` of what names other events. */
  readonly refs: string;
  /** `{path: value}` of the sources. */
  readonly sources: string;
  /** The element without eventId: what contentHash is of. */
  readonly identified: string;
}

/** Where a member goes: out of everything, only into what is hashed, into a part of its own, or deeper. */
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
const element: Shape = new Map<string, Place>([
  ['eventId', 'omit'],
  ['type', 'identify'],
  ['tlp', 'identify'],
  ...fields,
  ['data', new Map([...ownFields, ['content', correction]])],
]);

/** Divides an element in one pass. Throws TypeError where JCS has no form for it. */
export function splitElement(sent: object): ElementParts {
  const taken = { refs: '', sources: '' };
  const { whole, kept } = split(sent, element, '', taken);
  return { content: kept, refs: `{${taken.refs}}`, sources: `{${taken.sources}}`, identified: whole };
}

/**
 * `whole` has every member, `kept` only what stays in the content. Members come in canonical order, and the
 * paths of the format sort like the walk, so all texts are canonical as they grow.
 */
function split(object: object, shape: Shape, path: string, taken: { refs: string; sources: string }) {
  let whole = '';
  let kept = '';
  for (const name of sortedNames(object)) {
    const value = (object as Record<string, unknown>)[name];
    const place = shape.get(name);
    if (place === 'omit') continue;
    const label = member(name);
    if (place instanceof Map && isObject(value)) {
      const inner = split(value, place, `${path}${name}.`, taken);
      whole += comma(whole) + label + inner.whole;
      kept += comma(kept) + label + inner.kept;
      continue;
    }
    const text = canonicalJson(value);
    whole += comma(whole) + label + text;
    if (place === 'refs' || place === 'sources') taken[place] += `${comma(taken[place])}"${path}${name}":${text}`;
    else if (place !== 'identify') kept += comma(kept) + label + text;
  }
  return { whole: `{${whole}}`, kept: `{${kept}}` };
}

const comma = (text: string) => (text === '' ? '' : ',');

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The JCS text that the embedded engine stores of an element. */
export const bodyOf = (parts: ElementParts): string =>
  `{"content":${parts.content},"refs":${parts.refs},"sources":${parts.sources}}`;

interface Body {
  readonly content: Record<string, unknown>;
  readonly refs: Record<string, unknown>;
  readonly sources: Record<string, unknown>;
}

/** The parts again, from the stored body. */
export function partsOf(body: string): Omit<ElementParts, 'identified'> {
  const { content, refs, sources } = JSON.parse(body) as Body;
  return { content: canonicalJson(content), refs: canonicalJson(refs), sources: canonicalJson(sources) };
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
