import { createCipheriv, createDecipheriv, createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { LEVELS, type Level, type Position } from '#event-log';
import { Hmac } from './hmac';
import { Problem } from './problem';

const KINDS = ['point', 'page'] as const;

/**
 * A point of the record as its reader may know it: the last item visible at `level`. Serves as cursor and
 * as ETag. It names a position and grants nothing: reading from it is checked like any other read.
 */
export interface Point {
  readonly kind: (typeof KINDS)[number];
  readonly position: Position;
  /** Place among the items that one position yields; 0 where there is one. */
  readonly index: number;
  readonly level: Level;
  /** What the sequence was filtered by, in any canonical text; '' for nothing. Only its digest is kept. */
  readonly filter: string;
}

/** What a token is to be used for. Without a level a token of any level is accepted: only the position counts. */
export interface TokenUse {
  readonly kind: Point['kind'];
  readonly filter?: string;
  readonly level?: Level;
  /** To follow from: an unfiltered token, such as a receipt's cursor, names a place in every feed. */
  readonly toFollow?: true;
}

const VERSION = 1;
const PLAIN_BYTES = 1 + 16 + 4 + 8 + 4 + 8 + 1 + 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const TOKEN_BYTES = 2 + NONCE_BYTES + PLAIN_BYTES + TAG_BYTES;
const TOKEN_CHARS = Math.ceil((TOKEN_BYTES * 4) / 3);

/**
 * Seals points so that they are opaque and stable: the same point gives the same token on every instance
 * that has the key, because the nonce is an HMAC of the plaintext. Layout: version byte, key id byte,
 * nonce, AES-256-GCM of {kind, logId, epoch, position, index, at, level, filter}, tag; always as long.
 */
export class Tokens {
  readonly #ring: readonly Key[];
  readonly #logId: Buffer;

  /** `epoch` is the ledger's: raised by each restore with a loss, after which positions name other events. */
  constructor(
    keys: readonly Buffer[],
    logId: string,
    private readonly epoch = 0,
  ) {
    this.#ring = keys.map((key) => new Key(key));
    this.#logId = Buffer.from(logId.replaceAll('-', ''), 'hex');
  }

  seal(point: Point): string {
    const key = this.#ring[0] as Key;
    const plain = this.#plain(point);
    const token = Buffer.allocUnsafe(TOKEN_BYTES);
    token[0] = VERSION;
    token[1] = key.id;
    token.set(key.nonceOf(plain), 2);
    const cipher = createCipheriv('aes-256-gcm', key.sealKey, token.subarray(2, 2 + NONCE_BYTES));
    token.set(cipher.update(plain), 2 + NONCE_BYTES);
    cipher.final();
    token.set(cipher.getAuthTag(), TOKEN_BYTES - TAG_BYTES);
    return token.toString('base64url');
  }

  /**
   * The point behind a token of this log that was given for this kind of use.
   * @throws Problem naming `parameter` for any other token
   */
  open(token: string, parameter: string, use: TokenUse): Point {
    const refuse = (why: string) => new Problem('invalid-token', `${parameter}: ${why}`, { parameter });
    const point = this.#decrypt(token);
    if (!point) throw refuse('not a token of this log.');
    if (point.kind !== use.kind)
      throw refuse(
        `a token of another kind; give a ${use.kind === 'page' ? '`next` of the same listing' : 'cursor or ETag'}.`,
      );
    const isUnfiltered = use.toFollow === true && point.filterDigest === NO_FILTER;
    if (point.filterDigest !== digestOf(use.filter ?? '') && !isUnfiltered)
      throw refuse('given for other filters; start over without it or restore the filters.');
    if (use.level !== undefined && point.level !== use.level) {
      if (use.toFollow !== true) throw refuse(`given for the level ${point.level}; start over at ${use.level}.`);
      throw new Problem(
        'cursor-level-changed',
        `${parameter}: given for the level ${point.level}, and yours is ${use.level}.`,
        { parameter },
      );
    }
    const { filterDigest: _digest, ...place } = point;
    return { ...place, filter: use.filter ?? '' };
  }

  #plain(point: Point): Buffer {
    const plain = Buffer.alloc(PLAIN_BYTES);
    plain[0] = KINDS.indexOf(point.kind);
    this.#logId.copy(plain, 1);
    plain.writeUInt32BE(this.epoch, 17);
    plain.writeBigInt64BE(BigInt(point.position), 21);
    plain.writeUInt32BE(point.index, 29);
    plain[41] = LEVELS.indexOf(point.level);
    plain.writeBigUInt64BE(digestOf(point.filter), 42);
    return plain;
  }

  #decrypt(token: string): (Omit<Point, 'filter'> & { readonly filterDigest: bigint }) | undefined {
    if (token.length !== TOKEN_CHARS) return undefined;
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== TOKEN_BYTES || bytes[0] !== VERSION) return undefined;
    for (const key of this.#ring.filter((candidate) => candidate.id === bytes[1])) {
      const decipher = createDecipheriv('aes-256-gcm', key.sealKey, bytes.subarray(2, 2 + NONCE_BYTES));
      decipher.setAuthTag(bytes.subarray(TOKEN_BYTES - TAG_BYTES));
      const plain = decipher.update(bytes.subarray(2 + NONCE_BYTES, TOKEN_BYTES - TAG_BYTES));
      try {
        decipher.final();
      } catch {
        continue;
      }
      if (!plain.subarray(1, 17).equals(this.#logId) || plain.readUInt32BE(17) !== this.epoch) return undefined;
      return {
        kind: KINDS[plain[0] as number] as Point['kind'],
        position: Number(plain.readBigInt64BE(21)),
        index: plain.readUInt32BE(29),
        level: LEVELS[plain[41] as number] as Level,
        filterDigest: plain.readBigUInt64BE(42),
      };
    }
    return undefined;
  }
}

class Key {
  readonly id: number;
  /**
   * A KeyObject: raw bytes would be made into one at every use, at four times the cost of the sealing itself
   * (measured).
   */
  readonly sealKey: KeyObject;
  readonly #nonces: Hmac;

  constructor(key: Buffer) {
    this.sealKey = createSecretKey(createHmac('sha256', key).update('seal').digest());
    this.#nonces = new Hmac(createHmac('sha256', key).update('nonce').digest(), PLAIN_BYTES);
    this.id = createHash('sha256').update(key).digest()[0] as number;
  }

  nonceOf(plain: Buffer): Buffer {
    return this.#nonces.of(plain).subarray(0, NONCE_BYTES);
  }
}

const NO_FILTER = digest('');
const digestOf = (filter: string): bigint => (filter === '' ? NO_FILTER : digest(filter));

function digest(filter: string): bigint {
  return createHash('sha256').update(filter).digest().readBigUInt64BE(0);
}
