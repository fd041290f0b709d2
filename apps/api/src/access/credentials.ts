import type { FastifyRequest } from 'fastify';
import { Logger } from '@nestjs/common';
import { KeyBook, type KeyRecord, readKey } from '#access';
import { SystemStream } from '#event-log';
import { Problem, retryAfter } from '../http/problem';
import { type Caller, callerFor, openCaller, readingOnly } from './caller';
import type { FailedCredentials } from './failed-credentials';
import type { JwtVerifier } from './jwt';
import { type Sessions, sessionIn } from './sessions';

/** A revocation is to hold within 5 s, whichever instance made it. */
const REFRESH_MS = 1_000;
const MAX_STALE_MS = 4_000;
const BEARER = /^Bearer +(\S+)$/i;
const PRINCIPALS = 'crisislog-principals';

/** Does the folder hold keys? Makes nothing: a folder without a record has none. */
export const hasKeys = (dataDir: string): boolean => !SystemStream.isEmpty(dataDir, PRINCIPALS);

interface Holder {
  readonly key: KeyRecord;
  readonly caller: Caller;
  readonly reading: Caller;
  readonly ending: AbortController;
}

export interface CredentialParts {
  readonly dataDir: string;
  readonly clock: () => number;
  readonly sessions: Sessions;
  /** Undefined where no issuer is configured. */
  readonly jwt: JwtVerifier | undefined;
  readonly failed: FailedCredentials;
}

/** Finds out who sent a request. Resolving an API key takes a hash and two look-ups: microseconds. */
export class Credentials {
  readonly #stream: SystemStream;
  readonly #book: KeyBook;
  readonly #holders = new Map<string, Holder>();
  readonly #opening = new AbortController();
  readonly #open = openCaller(this.#opening.signal);
  readonly #logger = new Logger('access');
  readonly #refreshing: NodeJS.Timeout;
  #refreshedAt = performance.now();

  constructor(private readonly parts: CredentialParts) {
    this.#stream = SystemStream.open(parts.dataDir, PRINCIPALS);
    this.#book = new KeyBook(this.#stream);
    this.#refreshing = setInterval(() => this.#refresh(), REFRESH_MS).unref();
  }

  /**
   * There are neither keys nor an issuer: everyone who reaches the server may do everything. Ends with the first key.
   */
  get isOpen(): boolean {
    return this.#book.isEmpty && this.parts.jwt === undefined;
  }

  /**
   * Undefined when the request brings no valid credential. A cookie does not make up for an invalid `Authorization`.
   * @throws Problem when the address has guessed too often, or when it cannot be told now whether the credential is valid
   */
  callerOf(request: FastifyRequest): Caller | undefined | Promise<Caller | undefined> {
    if (this.isOpen) return this.#open;
    this.#requireFresh();
    const { authorization } = request.headers;
    const known = authorization === undefined ? this.#inSession(request) : this.#known(authorization);
    if (known !== undefined) return known;
    const token = this.parts.jwt && authorization && tokenIn(authorization);
    if (!token || isKey(token)) return undefined;
    this.parts.failed.requireSome(request);
    return this.parts.jwt.callerOf(token);
  }

  /** Only what a look-up can tell. */
  #known(authorization: string): Caller | undefined {
    const token = tokenIn(authorization);
    return isKey(token) ? this.holderOf(token)?.caller : this.parts.jwt?.remembered(token);
  }

  #inSession({ headers, method }: FastifyRequest): Caller | undefined {
    if (!isRead(method)) return undefined;
    const session = this.parts.sessions.open(sessionIn(headers) ?? '', this.parts.clock());
    return session && this.#holding(this.#book.find(session.keyId))?.reading;
  }

  /** Who holds an API key; undefined unless it is valid now. */
  holderOf(secret: string): Holder | undefined {
    const hash = readKey(secret);
    return hash === undefined ? undefined : this.#holding(this.#book.byHash(hash));
  }

  close(): void {
    clearInterval(this.#refreshing);
    this.#stream.close();
  }

  #holding(key: KeyRecord | undefined): Holder | undefined {
    if (key === undefined || key.revokedAt !== undefined || key.expiresAt <= this.parts.clock()) return undefined;
    let holder = this.#holders.get(key.keyId);
    if (holder === undefined) {
      const ending = new AbortController();
      const caller = callerFor(key, ending.signal);
      this.#holders.set(key.keyId, (holder = { key, caller, reading: readingOnly(caller), ending }));
    }
    return holder;
  }

  #refresh(): void {
    try {
      for (const keyId of this.#book.refresh()) this.#end(keyId);
      this.#refreshedAt = performance.now();
      if (!this.isOpen) this.#opening.abort();
    } catch (error) {
      this.#logger.error(`the keys cannot be read: ${String(error)}`);
    }
    const now = this.parts.clock();
    for (const { key } of [...this.#holders.values()]) if (key.expiresAt <= now) this.#end(key.keyId);
  }

  #end(keyId: string): void {
    this.#holders.get(keyId)?.ending.abort();
    this.#holders.delete(keyId);
  }

  /** When revocations cannot be read, nobody is admitted on old knowledge. */
  #requireFresh(): void {
    if (performance.now() - this.#refreshedAt < MAX_STALE_MS) return;
    this.#refresh();
    if (performance.now() - this.#refreshedAt >= MAX_STALE_MS)
      throw new Problem('busy', 'The keys cannot be read.', {}, retryAfter(2));
  }
}

const tokenIn = (authorization: string): string => BEARER.exec(authorization)?.[1] ?? '';
const isKey = (token: string): boolean => token.startsWith('clk_');

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** Only what was looked at can have been a guess: a request without a credential, or a write with a cookie, is none. */
export const bringsCredential = ({ headers, method }: FastifyRequest): boolean =>
  headers.authorization !== undefined || (isRead(method) && sessionIn(headers) !== undefined);
