import { hash, randomFillSync } from 'node:crypto';
import { canonicalJson, CLOSE_BRACKET, quote } from './canonical-json';
import { type ElementParts, utf8 } from './element';
import { RecordedBy, StoredMarking } from './event-log';

/** What commits to an event, one leaf of the Merkle log: six parts, each with its own salt. In this order. */
export const PARTS = ['place', 'header', 'author', 'content', 'refs', 'sources'] as const;

const SALT_BYTES = 16;
const HASH_BYTES = 32;
const SALTS_BYTES = PARTS.length * SALT_BYTES;
/** Views of up to this many bytes are kept for reuse. */
const BEGINNINGS = 2 * 1024;
const COMMITMENTS_AT = SALTS_BYTES + HASH_BYTES;

/** A seal is the salts, the contentHash and the commitments, one after the other. */
export const SEAL_BYTES = COMMITMENTS_AT + PARTS.length * HASH_BYTES;

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

/** Commits to all six parts. `salts` are 96 random bytes: without them guessable content could be found by trial. */
export function seal(facts: EnvelopeFacts, parts: ElementParts, contentHash: string, salts: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(SEAL_BYTES);
  bytes.set(salts);
  bytes.write(contentHash, SALTS_BYTES, 'base64url');
  commitments(facts, parts, salts, bytes);
  return bytes;
}

/** Do these facts and parts give the commitments of this seal? */
export function sealHolds(facts: EnvelopeFacts, parts: ElementParts, sealed: Uint8Array): boolean {
  if (sealed.length !== SEAL_BYTES) return false;
  const again = Buffer.from(sealed);
  commitments(facts, parts, sealed, again);
  return again.equals(sealed);
}

function commitments(facts: EnvelopeFacts, parts: ElementParts, salts: Uint8Array, into: Buffer): void {
  const { content, refs, sources } = parts;
  const bytes = [place(facts), header(facts), author(facts), content, refs, sources];
  for (let f = 0; f < PARTS.length; f++) {
    const commitment = scratches[f]!.commit(bytes[f]!, salts, f * SALT_BYTES);
    into.write(commitment, COMMITMENTS_AT + f * HASH_BYTES, 'latin1');
  }
}

/**
 * The bytes that are hashed for a part: 0x02, the salt, then JCS of [name, part]. One for each part, reused for all
 * events.
 */
class Scratch {
  private bytes = Buffer.alloc(4 * 1024);
  private readonly partAt: number;
  /** Views of the beginning of `bytes`, by length, kept because making one costs a fifth of a hash. */
  private beginnings: Uint8Array[] = [];

  constructor(private readonly name: string) {
    this.partAt = this.prepare();
  }

  /** SHA-256 as a string of bytes: cheaper to make and to copy than a Buffer. */
  commit(part: string | Uint8Array, salts: Uint8Array, saltAt: number): string {
    const { partAt } = this;
    const room = partAt + part.length * 3 + 1;
    if (this.bytes.length < room) this.prepare(room);
    for (let i = 0; i < SALT_BYTES; i++) this.bytes[1 + i] = salts[saltAt + i]!;
    let end = partAt;
    if (typeof part === 'string') end += this.bytes.write(part, partAt);
    else {
      this.bytes.set(part, partAt);
      end += part.length;
    }
    this.bytes[end] = CLOSE_BRACKET;
    return hash('sha256', this.beginning(end + 1), 'binary');
  }

  private beginning(length: number): Uint8Array {
    if (length > BEGINNINGS) return this.bytes.subarray(0, length);
    return (this.beginnings[length] ??= this.bytes.subarray(0, length));
  }

  /** Writes what is the same for all events, and tells where it ends. */
  private prepare(room = this.bytes.length): number {
    if (this.bytes.length < room) this.bytes = Buffer.alloc(room);
    this.beginnings = [];
    this.bytes[0] = 0x02;
    return 1 + SALT_BYTES + this.bytes.write(`["${this.name}",`, 1 + SALT_BYTES);
  }
}

const scratches = PARTS.map((name) => new Scratch(name));

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

const recorders = new WeakMap<RecordedBy, string>();

/** Kept, since the same few recorders record everything. */
function recorder(recordedBy: RecordedBy): string {
  let text = recorders.get(recordedBy);
  if (text === undefined) recorders.set(recordedBy, (text = canonicalJson(recordedBy)));
  return text;
}

/** `data` of the stored format, from the stored body. */
export const dataIn = (body: string, sealed: Uint8Array): Record<string, unknown> => ({
  ...(JSON.parse(body) as object),
  salts: base64url(sealed, 0, SALTS_BYTES),
  contentHash: sealedContentHash(sealed),
});

/** The same, byte for byte. */
export const dataOf = (body: string, sealed: Uint8Array): string => canonicalJson(dataIn(body, sealed));

/** The same from the parts, which are JCS already. */
export const dataOfParts = ({ content, refs, sources }: ElementParts, sealed: Uint8Array): string =>
  `{"content":${utf8(content)},"contentHash":"${sealedContentHash(sealed)}","refs":${utf8(refs)},` +
  `"salts":"${base64url(sealed, 0, SALTS_BYTES)}","sources":${utf8(sources)}}`;

/** `metadata` of the stored format. */
export const metadataIn = (facts: EnvelopeFacts, sealed: Uint8Array): Record<string, unknown> => ({
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

/** The same, byte for byte. */
export const metadataOf = (facts: EnvelopeFacts, sealed: Uint8Array): string =>
  `{${trace(facts)}"commitments":"${sealedCommitments(sealed)}",${contentVersion(facts)}"marking":"${facts.marking}",` +
  `"recordedAt":"${facts.recordedAt}","recordedBy":${recorder(facts.recordedBy)},` +
  `"schemaVersion":${facts.schemaVersion},"v":1}`;

/** The event's leaf in the Merkle log: SHA-256 of 0x00 and JCS of {v, commitments}. By way of a string, as above. */
export const leafOf = (sealed: Uint8Array): Buffer =>
  Buffer.from(hash('sha256', `\0{"commitments":"${sealedCommitments(sealed)}","v":1}`, 'binary'), 'latin1');

/** A seal from the stored format. Throws RangeError where a part has not its length. */
export function sealOf(salts: string, contentHash: string, commitments: string): Buffer {
  const parts = [salts, contentHash, commitments].map((part) => Buffer.from(part, 'base64url'));
  const lengths = [SALTS_BYTES, HASH_BYTES, PARTS.length * HASH_BYTES];
  if (parts.some(({ length }, i) => length !== lengths[i])) throw new RangeError('no seal has parts of these lengths');
  return Buffer.concat(parts);
}

export const sealedContentHash = (sealed: Uint8Array): string => base64url(sealed, SALTS_BYTES, COMMITMENTS_AT);

const sealedCommitments = (sealed: Uint8Array) => base64url(sealed, COMMITMENTS_AT, SEAL_BYTES);

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
