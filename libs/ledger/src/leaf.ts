import { jcs } from './jcs';
import { Refusal } from './refusal';
import { decode, encodeHash, Hash, HASH_BYTES, leafHash, sha256 } from './sha256';

/** The leaf of an event with our envelope. `commitments` is the stored text: six hashes in base64url. */
export function leafOf(commitments: string): Hash {
  if (decode(commitments, 'base64url')?.length !== 6 * HASH_BYTES) {
    throw new Refusal('hash-malformed', 'commitments are six hashes of 32 bytes in base64url');
  }
  return leafOfText(commitments);
}

/** The same for whoever has decoded them. */
export const leafOfText = (commitments: string): Hash => leafHash(`{"commitments":"${commitments}","v":1}`);

/** An event in our streams that another writer put there, without our envelope. */
export interface ForeignEvent {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** `digestOf` what the client parsed. */
  readonly data: string;
  readonly metadata: string;
}

export const foreignLeafOf = ({ stream, revision, id, type, created, data, metadata }: ForeignEvent): Hash =>
  leafHash(jcs({ v: 0, stream, revision, id, type, created, data, metadata }));

/** SHA-256 (base64url) of JCS of a value, of the bytes where it is binary; `unhashable` where JCS refuses. */
export function digestOf(value: unknown): string {
  if (value instanceof Uint8Array) return encodeHash(sha256(value), 'base64url');
  try {
    return encodeHash(sha256(jcs(value)), 'base64url');
  } catch (error) {
    if (error instanceof TypeError) return 'unhashable';
    throw error;
  }
}
