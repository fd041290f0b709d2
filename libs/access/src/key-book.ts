import type { Level, Revision, SystemEntry } from '#event-log';
import { type ApiKey, mintKey } from './api-key';
import { isScope, type Scope } from './scopes';

/** RED is given crisis by crisis only. */
export const BASE_LEVELS = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT'] as const satisfies readonly Level[];
export type BaseLevel = (typeof BASE_LEVELS)[number];

/** What a key is good for. */
export interface KeyGrant {
  /** The principal: stored with what it appends. Several keys may have one name, so that they can be changed. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly level: BaseLevel;
  /** Crises where the principal's level is RED. */
  readonly red: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface KeyRecord extends KeyGrant {
  /** Short and public: what a key is listed and revoked by. */
  readonly keyId: string;
  readonly hash: string;
  readonly createdAt: number;
  readonly revokedAt: number | undefined;
}

/** The stream of keys: `crisislog-principals`. */
interface Entries {
  /** Durable when it is true; false when the stream's last revision is not `last`. */
  append(entry: object, last: Revision, now: number): boolean | Promise<boolean>;
  readAfter(revision: Revision): SystemEntry[];
}

type Entry =
  | ({ readonly type: 'KeyCreated' } & KeyGrant & { keyId: string; hash: string })
  | {
      readonly type: 'KeyRevoked';
      readonly keyId: string;
    };

const NAME = /^[a-z0-9]+([._-][a-z0-9]+)*$/;
const MAX_NAME = 64;
/** Characters of the hash that make the id; the others are shown to nobody. */
const KEY_ID_CHARS = 10;

/** The keys of the record, as far as they have been read. Another process may append: `refresh` shows what it did. */
export class KeyBook {
  readonly #byHash = new Map<string, KeyRecord>();
  #last: Revision = -1;

  constructor(private readonly entries: Entries) {
    this.refresh();
  }

  /** Reads what is new; answers with the ids of keys that are revoked by it. */
  refresh(): string[] {
    const revoked: string[] = [];
    for (const { revision, recordedAt, entry } of this.entries.readAfter(this.#last)) {
      this.#last = revision;
      const { type, ...its } = entry as Entry;
      if (type === 'KeyCreated') {
        const grant = its as KeyGrant & { keyId: string; hash: string };
        this.#byHash.set(grant.hash, { ...grant, createdAt: recordedAt, revokedAt: undefined });
      }
      const key = type === 'KeyRevoked' ? this.find(its.keyId) : undefined;
      if (key === undefined || key.revokedAt !== undefined) continue;
      this.#byHash.set(key.hash, { ...key, revokedAt: recordedAt });
      revoked.push(key.keyId);
    }
    return revoked;
  }

  /** No key has ever been made. One that is revoked or expired counts: losing the last does not open the record. */
  get isEmpty(): boolean {
    return this.#byHash.size === 0;
  }

  byHash(hash: string): KeyRecord | undefined {
    return this.#byHash.get(hash);
  }

  find(keyId: string): KeyRecord | undefined {
    return this.list().find((key) => key.keyId === keyId);
  }

  /** In the order in which they were made. */
  list(): KeyRecord[] {
    return [...this.#byHash.values()];
  }

  /** Durable when it resolves; the secret is nowhere else. Throws RangeError for a grant that is none. */
  async create(
    grant: KeyGrant,
    now: number,
    { secret, hash }: ApiKey = mintKey(),
  ): Promise<{ key: KeyRecord; secret: string }> {
    checkGrant(grant, now);
    // On a command line nothing that is named may look like an option.
    const keyId = hash.slice(0, KEY_ID_CHARS).replace(/^-/, '_');
    await this.#append({ type: 'KeyCreated', keyId, hash, ...grant }, now);
    return { key: this.#byHash.get(hash)!, secret };
  }

  /** False where there is no such key. Revoking again changes nothing. */
  async revoke(keyId: string, now: number): Promise<boolean> {
    const key = this.find(keyId);
    if (key === undefined) return false;
    if (key.revokedAt === undefined) await this.#append({ type: 'KeyRevoked', keyId }, now);
    return true;
  }

  /** Appends after reading what others appended meanwhile. */
  async #append(entry: Entry, now: number): Promise<void> {
    while (!(await this.entries.append(entry, this.#last, now))) this.refresh();
    this.refresh();
  }
}

function checkGrant({ name, scopes, level, expiresAt }: KeyGrant, now: number): void {
  if (name.length > MAX_NAME || !NAME.test(name) || name === 'open')
    throw new RangeError(
      `a key's name is 1 to ${MAX_NAME} lower-case letters and digits, such as news-desk; not "open"`,
    );
  const unknown = scopes.find((scope) => !isScope(scope));
  if (unknown !== undefined) throw new RangeError(`there is no scope ${String(unknown)}`);
  if (scopes.length === 0) throw new RangeError('a key without scopes opens nothing');
  if (!BASE_LEVELS.includes(level)) throw new RangeError(`a base level is one of ${BASE_LEVELS.join(', ')}`);
  if (!(expiresAt > now)) throw new RangeError('a key that is expired already opens nothing');
}
