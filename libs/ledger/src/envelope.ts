import { jcs } from './jcs';
import { leafOfText } from './leaf';
import { locate, Refusal } from './refusal';
import { decode, encodeHash, Hash, HASH_BYTES, sameHash, sha256 } from './sha256';
import { isObject } from './statement';

/** The parts an event divides into, in the order in which salts and commitments are stored. */
export const PARTS = ['place', 'header', 'author', 'content', 'refs', 'sources'] as const;
export type Part = (typeof PARTS)[number];

export const SALT_BYTES = 16;

const TEXT_AT = 1 + SALT_BYTES;
/** A character of a string takes three bytes of UTF-8 at most. */
const BYTES_A_CHARACTER = 3;
/** 0x02, salt, text. Hashing is synchronous, so one scratch serves all. */
let scratch = Buffer.alloc(4 * 1024, 0x02);

/** SHA-256(0x02 ‖ salt ‖ JCS([name, part])). Throws a Refusal for a part that has no canonical form. */
export function commitment(part: Part, salt: Uint8Array, value: unknown): Hash {
  if (salt.length !== SALT_BYTES) throw new Refusal('event-malformed', `a salt has ${SALT_BYTES} bytes`);
  const text = `["${part}",${canonical(value)}]`;
  const room = TEXT_AT + text.length * BYTES_A_CHARACTER;
  if (scratch.length < room) scratch = Buffer.alloc(2 * room, 0x02);
  scratch.set(salt, 1);
  return sha256(scratch.subarray(0, TEXT_AT + scratch.write(text, TEXT_AT)));
}

export type ByPart<T> = Readonly<Record<Part, T>>;

/** The six salts of the stored text; of `commitments` likewise the six hashes. */
export const decodeSalts = (text: unknown): ByPart<Uint8Array> => divide(text, SALT_BYTES, 'salts');
export const decodeCommitments = (text: unknown): ByPart<Hash> => divide(text, HASH_BYTES, 'commitments');

function divide(text: unknown, bytesEach: number, what: string): ByPart<Uint8Array> {
  const bytes = decode(text, 'base64url');
  if (bytes?.length !== PARTS.length * bytesEach) {
    throw new Refusal('event-malformed', `${what} are six times ${bytesEach} bytes in base64url`);
  }
  const piece = (i: number) => bytes.subarray(i * bytesEach, (i + 1) * bytesEach);
  // Written out, in the order of PARTS: an object of one shape takes half the time of one put together name by name.
  return {
    place: piece(0),
    header: piece(1),
    author: piece(2),
    content: piece(3),
    refs: piece(4),
    sources: piece(5),
  };
}

/** Throws unless the part, with its salt, is what was committed to. */
export function checkPart(part: Part, salt: Uint8Array, value: unknown, commitments: ByPart<Hash>): void {
  locate({ part }, () => {
    if (sameHash(commitment(part, salt, value), commitments[part])) return;
    throw new Refusal('commitment-differs', `${part} is not what was recorded`);
  });
}

/** An event as the record has it, `data` and `metadata` parsed. */
export interface StoredEvent {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: unknown;
}

export interface OpenedEvent {
  readonly parts: ByPart<unknown>;
  /** As stored. */
  readonly salts: string;
  readonly commitments: string;
  readonly leaf: Hash;
}

/**
 * The leaf of a stored event, after everything it commits to was computed again from what is stored: what is done
 * before anything is signed, and by whoever checks a record. Throws a Refusal naming the part that was changed.
 */
export function openStored(event: StoredEvent): OpenedEvent {
  const { data, metadata } = event;
  if (!isObject(data) || !isObject(metadata) || metadata['v'] !== 1) {
    throw new Refusal('event-malformed', 'not an event of the stored format, version 1');
  }
  const { salts, contentHash } = data;
  const { commitments } = metadata;
  const parts = partsOf(event, data, metadata);
  const [saltOf, committed] = [decodeSalts(salts), decodeCommitments(commitments)];
  for (const part of PARTS) checkPart(part, saltOf[part], parts[part], committed);
  if (!isContentHash(contentHash, parts)) {
    throw new Refusal('content-hash-differs', 'contentHash is not of this element');
  }
  return { parts, salts: salts as string, commitments: commitments as string, leaf: leafOfText(commitments as string) };
}

type Members = Readonly<Record<string, unknown>>;

/** Members in canonical order, which nobody has to sort then. */
function partsOf({ stream, revision, id, type }: StoredEvent, data: Members, metadata: Members): ByPart<unknown> {
  const { recordedAt, marking, schemaVersion, contentSchemaVersion, recordedBy, $correlationId, $causationId } =
    metadata;
  const header = { eventId: id, marking, recordedAt, schemaVersion, type };
  const author = { $correlationId, recordedBy };
  return {
    place: { revision, stream },
    header: contentSchemaVersion === undefined ? header : { contentSchemaVersion, ...header },
    author: $causationId === undefined ? author : { $causationId, ...author },
    content: data['content'],
    refs: data['refs'],
    sources: data['sources'],
  };
}

const REFS = ['respondsTo', 'ends', 'incidentId', 'data.basedOn', 'data.target', 'data.duplicateOf'];
/** The paths of the format, in an element and in the content that a correction brings. Nothing is put elsewhere. */
const PATHS: ReadonlyMap<string, readonly string[]> = new Map(
  [...REFS, 'sources'].flatMap((path) => [path, `data.content.${path}`]).map((path) => [path, path.split('.')]),
);

/** The element as it was sent, without eventId and tlp: content, with the values of refs and sources at their paths. */
export function elementOf(parts: Pick<ByPart<unknown>, 'header' | 'content' | 'refs' | 'sources'>) {
  const { header, content, refs, sources } = parts;
  if (!isObject(header) || !isObject(content) || !isObject(refs) || !isObject(sources)) {
    throw new Refusal('event-malformed', 'header, content, refs and sources are objects');
  }
  const element = { ...content, type: header['type'] };
  for (const part of [refs, sources]) {
    for (const path of Object.keys(part)) {
      const names = PATHS.get(path);
      if (!names) throw new Refusal('event-malformed', `no reference or source stands at ${path}`);
      put(element, names, part[path]);
    }
  }
  return element;
}

/** Puts a value at a path. The objects on the way are copied: the parts stay as they were. */
function put(element: Record<string, unknown>, names: readonly string[], value: unknown): void {
  let object = element;
  for (const name of names.slice(0, -1)) {
    const inner = object[name];
    if (!isObject(inner)) throw new Refusal('event-malformed', `the content has no object ${name} to put a value into`);
    object = object[name] = { ...inner };
  }
  object[names.at(-1)!] = value;
}

/** Markings of events that were sent without a tlp. */
const DEFAULTED: readonly unknown[] = ['AMBER+STRICT', 'inherit'];

/** contentHash is of the element as sent: with the marking as its tlp, or without one where the default was applied. */
function isContentHash(contentHash: unknown, parts: ByPart<unknown>): boolean {
  const element = elementOf(parts);
  const { marking } = parts.header as Members;
  const isOf = (sent: unknown) => encodeHash(sha256(canonical(sent)), 'base64url') === contentHash;
  const isBare = () => isOf(element);
  const isMarked = () => isOf({ ...element, tlp: marking });
  // Only what is the default may have been left out, so that is the likelier there: one hash instead of two.
  return DEFAULTED.includes(marking) ? isBare() || isMarked() : isMarked() || isBare();
}

function canonical(value: unknown): string {
  try {
    return jcs(value);
  } catch (error) {
    throw new Refusal('event-malformed', error instanceof Error ? error.message : String(error));
  }
}
