import { jcs } from './jcs';
import { leafOf } from './leaf';
import { locate, Refusal } from './refusal';
import { decode, encodeHash, Hash, HASH_BYTES, sameHash, sha256 } from './sha256';
import { isObject } from './statement';

/** The parts an event divides into, in the order in which salts and commitments are stored. */
export const PARTS = ['place', 'header', 'author', 'content', 'refs', 'sources'] as const;
export type Part = (typeof PARTS)[number];

export const SALT_BYTES = 16;

/** SHA-256(0x02 ‖ salt ‖ JCS([name, part])). Throws a Refusal for a part that has no canonical form. */
export function commitment(part: Part, salt: Uint8Array, value: unknown): Hash {
  return sha256(Buffer.concat([Buffer.of(2), salt, Buffer.from(`["${part}",${canonical(value)}]`)]));
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
  const pieces = PARTS.map((part, i) => [part, bytes.subarray(i * bytesEach, (i + 1) * bytesEach)]);
  return Object.fromEntries(pieces) as ByPart<Uint8Array>;
}

/** Throws unless the part, with its salt, is what was committed to. */
export function checkPart(part: Part, salt: Uint8Array, value: unknown, commitments: ByPart<Hash>): void {
  locate({ part }, () => {
    if (salt.length !== SALT_BYTES) throw new Refusal('event-malformed', `a salt has ${SALT_BYTES} bytes`);
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
  return { parts, salts: salts as string, commitments: commitments as string, leaf: leafOf(commitments as string) };
}

type Members = Readonly<Record<string, unknown>>;

function partsOf({ stream, revision, id, type }: StoredEvent, data: Members, metadata: Members): ByPart<unknown> {
  const { recordedAt, marking, schemaVersion, contentSchemaVersion, recordedBy, ...trace } = metadata;
  const version = contentSchemaVersion === undefined ? {} : { contentSchemaVersion };
  const cause = trace['$causationId'] === undefined ? {} : { $causationId: trace['$causationId'] };
  return {
    place: { stream, revision },
    header: { eventId: id, type, recordedAt, marking, schemaVersion, ...version },
    author: { recordedBy, $correlationId: trace['$correlationId'], ...cause },
    content: data['content'],
    refs: data['refs'],
    sources: data['sources'],
  };
}

const REFS = ['respondsTo', 'ends', 'incidentId', 'data.basedOn', 'data.target', 'data.duplicateOf'];
/** The paths of the format, in an element and in the content that a correction brings. Nothing is put elsewhere. */
const PATHS = [...REFS, 'sources'].flatMap((path) => [path, `data.content.${path}`]);

/** The element as it was sent, without eventId and tlp: content, with the values of refs and sources at their paths. */
export function elementOf(parts: Pick<ByPart<unknown>, 'header' | 'content' | 'refs' | 'sources'>) {
  const { header, content, refs, sources } = parts;
  if (!isObject(header) || !isObject(content) || !isObject(refs) || !isObject(sources)) {
    throw new Refusal('event-malformed', 'header, content, refs and sources are objects');
  }
  const element = { ...structuredClone(content), type: header['type'] };
  for (const [path, value] of Object.entries({ ...refs, ...sources })) {
    if (!PATHS.includes(path)) throw new Refusal('event-malformed', `no reference or source stands at ${path}`);
    put(element, path.split('.'), value);
  }
  return element;
}

function put(object: Record<string, unknown>, [name, ...rest]: string[], value: unknown): void {
  if (rest.length === 0) object[name!] = value;
  else if (isObject(object[name!])) put(object[name!] as Record<string, unknown>, rest, value);
  else throw new Refusal('event-malformed', `the content has no object ${name} to put a value into`);
}

/** contentHash is of the element as sent: with the marking as its tlp, or without one where the default was applied. */
function isContentHash(contentHash: unknown, parts: ByPart<unknown>): boolean {
  const element = elementOf(parts);
  const hashOf = (sent: unknown) => encodeHash(sha256(canonical(sent)), 'base64url');
  return (
    hashOf(element) === contentHash || hashOf({ ...element, tlp: (parts.header as Members)['marking'] }) === contentHash
  );
}

function canonical(value: unknown): string {
  try {
    return jcs(value);
  } catch (error) {
    throw new Refusal('event-malformed', error instanceof Error ? error.message : String(error));
  }
}
