import { hash, randomFillSync } from 'node:crypto';
import { canonicalJson, quote } from './canonical-json';
import { ElementParts } from './element';
import { RecordedBy, StoredMarking } from './event-log';

/** What commits to an event, one leaf of the Merkle log: six parts, each with its own salt. In this order. */
export const PARTS = ['place', 'header', 'author', 'content', 'refs', 'sources'] as const;

const SALT_BYTES = 16;
const HASH_BYTES = 32;
const SALTS_BYTES = PARTS.length * SALT_BYTES;
const COMMITMENTS_BYTES = PARTS.length * HASH_BYTES;

/** A seal is the salts, the contentHash and the commitments, one after the other. */
export const SEAL_BYTES = SALTS_BYTES + HASH_BYTES + COMMITMENTS_BYTES;

/** Everything of an event but its element. */
export interface EnvelopeFacts {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  /** `YYYY-MM-DDTHH:mm:ss.sssZ` */
  readonly recordedAt: string;
  readonly marking: StoredMarking;
  readonly schemaVersion: number;
  readonly contentSchemaVersion?: number | undefined;
  readonly recordedBy: RecordedBy;
  readonly correlationId: string;
  readonly causationId?: string | undefined;
}

type SealedParts = Omit<ElementParts, 'identified'>;

/** SHA-256 (base64url) of the element as sent, without eventId. */
export const contentHash = (parts: ElementParts): string => hash('sha256', parts.identified, 'base64url');

/** Commits to all six parts. `salts` are 96 random bytes: without them guessable content could be found by trial. */
export function seal(facts: EnvelopeFacts, parts: SealedParts, contentHash: string, salts: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(SEAL_BYTES);
  bytes.set(salts);
  bytes.write(contentHash, SALTS_BYTES, 'base64url');
  commitments(facts, parts, salts, bytes);
  return bytes;
}

/** Do these facts and parts give the commitments of this seal? */
export function sealHolds(facts: EnvelopeFacts, parts: SealedParts, sealed: Uint8Array): boolean {
  const again = seal(facts, parts, sealedContentHash(sealed), sealed.subarray(0, SALTS_BYTES));
  return again.equals(sealed);
}

function commitments(facts: EnvelopeFacts, parts: SealedParts, salts: Uint8Array, into: Buffer): void {
  const texts = [place(facts), header(facts), author(facts), parts.content, parts.refs, parts.sources];
  for (let f = 0; f < PARTS.length; f++) {
    const salt = salts.subarray(f * SALT_BYTES, (f + 1) * SALT_BYTES);
    into.write(commit(PARTS[f]!, texts[f]!, salt), SALTS_BYTES + HASH_BYTES + f * HASH_BYTES, 'latin1');
  }
}

/** One scratch for every hash: SHA-256 of 0x02, the salt, then JCS of [name, part]. */
let scratch = Buffer.alloc(64 * 1024);

function commit(name: string, part: string, salt: Uint8Array): string {
  const text = `["${name}",${part}]`;
  const room = 1 + SALT_BYTES + text.length * 3;
  if (scratch.length < room) scratch = Buffer.alloc(room);
  scratch[0] = 0x02;
  scratch.set(salt, 1);
  const end = 1 + SALT_BYTES + scratch.write(text, 1 + SALT_BYTES);
  return hash('sha256', scratch.subarray(0, end), 'binary');
}

// The texts below are JCS written out: members in canonical order, strings quoted where they are not ours.

const place = (facts: EnvelopeFacts) => `{"revision":${facts.revision},"stream":${quote(facts.stream)}}`;

const header = (facts: EnvelopeFacts) =>
  `{${contentVersion(facts)}"eventId":"${facts.id}","marking":"${facts.marking}","recordedAt":"${facts.recordedAt}",` +
  `"schemaVersion":${facts.schemaVersion},"type":${quote(facts.type)}}`;

const author = (facts: EnvelopeFacts) => `{${trace(facts)}"recordedBy":${recorder(facts.recordedBy)}}`;

const contentVersion = ({ contentSchemaVersion: version }: EnvelopeFacts) =>
  version === undefined ? '' : `"contentSchemaVersion":${version},`;

const trace = ({ causationId, correlationId }: EnvelopeFacts) =>
  (causationId === undefined ? '' : `"$causationId":${quote(causationId)},`) +
  `"$correlationId":${quote(correlationId)},`;

const recorder = ({ build, instance, principal }: RecordedBy) =>
  `{"build":${quote(build)},"instance":${quote(instance)},"principal":${quote(principal)}}`;

/** `data` of the stored format, byte for byte, from the stored body. */
export function dataOf(body: string, sealed: Uint8Array): string {
  return canonicalJson({
    ...(JSON.parse(body) as object),
    salts: base64url(sealed, 0, SALTS_BYTES),
    contentHash: sealedContentHash(sealed),
  });
}

/** `metadata` of the stored format, byte for byte. */
export const metadataOf = (facts: EnvelopeFacts, sealed: Uint8Array): string =>
  canonicalJson({
    v: 1,
    recordedAt: facts.recordedAt,
    recordedBy: facts.recordedBy,
    marking: facts.marking,
    schemaVersion: facts.schemaVersion,
    ...(facts.contentSchemaVersion === undefined ? {} : { contentSchemaVersion: facts.contentSchemaVersion }),
    commitments: sealedCommitments(sealed),
    $correlationId: facts.correlationId,
    ...(facts.causationId === undefined ? {} : { $causationId: facts.causationId }),
  });

/** The event's leaf in the Merkle log: SHA-256 of 0x00 and JCS of {v, commitments}. */
export const leafOf = (sealed: Uint8Array): Buffer =>
  hash('sha256', `\0{"commitments":"${sealedCommitments(sealed)}","v":1}`, 'buffer');

export const sealedContentHash = (sealed: Uint8Array): string =>
  base64url(sealed, SALTS_BYTES, SALTS_BYTES + HASH_BYTES);

const sealedCommitments = (sealed: Uint8Array) => base64url(sealed, SALTS_BYTES + HASH_BYTES, SEAL_BYTES);

const base64url = ({ buffer, byteOffset }: Uint8Array, from: number, to: number): string =>
  Buffer.from(buffer, byteOffset + from, to - from).toString('base64url');

/** A source of salts: asks the system for random bytes once in a hundred and more events. */
export function saltPool(): () => Uint8Array {
  const pool = Buffer.alloc(SALTS_BYTES * 128);
  let next = pool.length;
  return () => {
    if (next === pool.length) randomFillSync(pool);
    next = next === pool.length ? 0 : next;
    next += SALTS_BYTES;
    return pool.subarray(next - SALTS_BYTES, next);
  };
}
