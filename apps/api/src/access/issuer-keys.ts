import { Logger } from '@nestjs/common';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { Problem, retryAfter } from '../http/problem';

/** How long a fetched set counts as current, and so how long a key that the issuer withdraws is still accepted. */
const FRESH_MS = 300_000;
/** While the issuer is away, its last set is used for this long. */
const MAX_STALE_MS = 24 * 3_600_000;
/** At least this long between two fetches, whether they succeed or not, and however many unknown keys are named. */
const COOLDOWN_MS = 5_000;
const PATIENCE_MS = 3_000;

/**
 * The key set of the issuer (RFC 7517): fetched when it is first needed, then renewed in the background. One fetch at a
 * time serves all who wait. While the issuer is away known keys go on working; a token whose key is unknown can then be
 * neither accepted nor refused, and is answered with 503.
 */
export class IssuerKeys {
  readonly #logger = new Logger('access');
  #keys: ReturnType<typeof createLocalJWKSet> | undefined;
  #fetchedAt = -Infinity;
  #triedAt = -Infinity;
  #fetching: Promise<void> | undefined;

  constructor(
    private readonly fetchSet: () => Promise<JSONWebKeySet>,
    /** Milliseconds that never fall. */
    private readonly elapsed: () => number = () => performance.now(),
  ) {}

  readonly get: JWTVerifyGetKey = async (header, token) => {
    const age = this.elapsed() - this.#fetchedAt;
    if (age >= MAX_STALE_MS) await this.#renew();
    else if (age >= FRESH_MS) void this.#renew();
    try {
      return await this.#held()(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    await this.#renew();
    // The last fetch failed: the issuer's set may have the key by now.
    if (this.#fetchedAt < this.#triedAt) throw unreachable();
    return this.#held()(header, token);
  };

  #held(): ReturnType<typeof createLocalJWKSet> {
    if (this.#keys === undefined || this.elapsed() - this.#fetchedAt >= MAX_STALE_MS) throw unreachable();
    return this.#keys;
  }

  /** Never rejects. */
  #renew(): Promise<void> {
    if (this.#fetching === undefined && this.elapsed() - this.#triedAt >= COOLDOWN_MS)
      this.#fetching = this.#fetch().finally(() => (this.#fetching = undefined));
    return this.#fetching ?? Promise.resolve();
  }

  async #fetch(): Promise<void> {
    const startedAt = (this.#triedAt = this.elapsed());
    try {
      this.#keys = createLocalJWKSet(await this.fetchSet());
      this.#fetchedAt = startedAt;
    } catch (error) {
      // Requests that need the newer set are told by `get`; the others go on with the old one.
      this.#logger.warn(`the issuer's keys cannot be fetched: ${String(error)}`);
    }
  }
}

const unreachable = (): Problem =>
  new Problem(
    'issuer-unreachable',
    'The keys of the issuer of tokens cannot be had.',
    {},
    retryAfter(COOLDOWN_MS / 1000),
  );

/** Redirects are refused: the keys come from the configured address and no other. */
export async function fetchKeySet(url: string): Promise<JSONWebKeySet> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return (await response.json()) as JSONWebKeySet;
}
