import { type JWTPayload, jwtVerify } from 'jose';
import { hash } from 'node:crypto';
import { BASE_LEVELS, type BaseLevel, isScope } from '#access';
import { isCrisisId } from '#catalogue';
import type { JwtSettings } from '../config';
import { Problem } from '../http/problem';
import { type Caller, callerFor } from './caller';
import type { IssuerKeys } from './issuer-keys';

/** Asymmetric only: whoever can check a token must not be able to make one. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'];
/** Clocks of issuer and server may differ by this. */
const TOLERANCE_SECONDS = 10;
/** For this long a verified token is accepted again without being verified. */
const REMEMBER_MS = 30_000;
const MAX_REMEMBERED = 1_000;
const MAX_TOKEN_CHARS = 8_192;
const MAX_SUBJECT_CHARS = 200;

interface Remembered {
  readonly caller: Caller;
  readonly until: number;
}

/** Access tokens as RFC 9068 has them, by the issuer's key set (RFC 7517). */
export class JwtVerifier {
  readonly #remembered = new Map<string, Remembered>();

  constructor(
    private readonly settings: JwtSettings,
    private readonly keys: IssuerKeys,
    private readonly clock: () => number,
  ) {}

  /** The caller of a token that was verified a moment ago. */
  remembered(token: string): Caller | undefined {
    const known = this.#remembered.get(nameOf(token));
    return known !== undefined && known.until > this.clock() ? known.caller : undefined;
  }

  /**
   * Undefined for an invalid token, whatever is wrong with it.
   * @throws Problem when that cannot be told because the issuer's keys cannot be fetched
   */
  async callerOf(token: string): Promise<Caller | undefined> {
    if (token.length > MAX_TOKEN_CHARS) return undefined;
    const now = this.clock();
    const payload = await this.#verify(token, now).catch((error: unknown) => {
      if (error instanceof Problem) throw error;
      return undefined;
    });
    const caller = payload && callerIn(payload, now);
    if (caller === undefined) return undefined;
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(nameOf(token), { caller, until: Math.min(now + REMEMBER_MS, payload!.exp! * 1000) });
    return caller;
  }

  async #verify(token: string, now: number): Promise<JWTPayload> {
    const { payload } = await jwtVerify(token, this.keys.get, {
      issuer: this.settings.issuer,
      audience: this.settings.audience,
      algorithms: ALGORITHMS,
      typ: 'at+jwt',
      requiredClaims: ['exp', 'iat', 'sub', 'client_id', 'jti'],
      clockTolerance: TOLERANCE_SECONDS,
      currentDate: new Date(now),
    });
    return payload;
  }
}

const nameOf = (token: string): string => hash('sha256', token, 'base64url');

/** What the claims grant, and nothing by default. A claim of ours that is malformed makes the whole token invalid. */
function callerIn(claims: JWTPayload, now: number): Caller | undefined {
  const {
    sub,
    client_id: client,
    jti,
    exp,
    scope = '',
    crisislog_level: level = 'CLEAR',
    crisislog_red: red = [],
  } = claims;
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
  if (!isText(sub) || sub.length > MAX_SUBJECT_CHARS || !isText(client) || !isText(jti)) return undefined;
  if (typeof scope !== 'string' || !BASE_LEVELS.includes(level as BaseLevel)) return undefined;
  if (!Array.isArray(red) || !red.every(isCrisisId)) return undefined;
  const ended = AbortSignal.timeout(Math.min(Math.max(exp! * 1000 - now, 0), 2 ** 31 - 1));
  return callerFor(
    { name: `jwt:${sub}`, scopes: scope.split(' ').filter(isScope), level: level as BaseLevel, red },
    ended,
  );
}
