import type { FastifyRequest } from 'fastify';
import { type KeyGrant, type Scope, SCOPES } from '#access';
import type { Level, MarkingRight } from '#event-log';
import { Problem } from '../http/problem';

/** Who reads, in one crisis, as every question to the views carries it. */
export interface Reader {
  readonly name: string;
  readonly level: Level;
  /** May see revisions and positions: the plain numbers that reveal how much there is. */
  readonly seesNumbers: boolean;
}

/** Who sent a request, with all that its credential grants. */
export interface Caller {
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  /** Which way it may move markings. */
  readonly mayMark: MarkingRight;
  readonly everywhere: Reader;
  /** The same where it is RED. */
  readonly cleared: Reader;
  /** The crises where it is RED. */
  readonly red: ReadonlySet<string>;
  /** Aborts when the credential is revoked or has expired: whoever answers for longer than a moment listens to it. */
  readonly ended: AbortSignal;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard before anything is read. */
    caller: Caller | undefined;
  }
}

/** @throws Problem where the guard let nobody through: a public route asks for nobody's level. */
export function callerOf({ caller }: FastifyRequest): Caller {
  if (caller === undefined) throw new Problem('unauthenticated', 'This needs a credential.');
  return caller;
}

/**
 * Who sent this request, at the level that holds in this crisis. Without a crisis: at the level that holds
 * everywhere. Every route takes its reader's level from here and nowhere else.
 */
export function readerOf(request: FastifyRequest, crisisId?: string): Reader {
  const { everywhere, cleared, red } = callerOf(request);
  return crisisId !== undefined && red.has(crisisId) ? cleared : everywhere;
}

/** Aborts when the credential of the request ends, at most 5 s after it was revoked. */
export const endedOf = (request: FastifyRequest): AbortSignal => callerOf(request).ended;

/**
 * What a credential grants, as its requests carry it. Made once for each credential, so that a request costs a look-up.
 */
export function callerFor(
  { name, level, red, scopes: granted }: Pick<KeyGrant, 'name' | 'scopes' | 'level' | 'red'>,
  ended: AbortSignal,
): Caller {
  const scopes = new Set(granted);
  const at = (level: Level): Reader => ({ name, level, seesNumbers: scopes.has('log:prove') });
  const mayMark = markingRight(scopes);
  return { name, scopes, mayMark, everywhere: at(level), cleared: at('RED'), red: new Set(red), ended };
}

function markingRight(scopes: ReadonlySet<Scope>): MarkingRight {
  const [raise, lower] = [scopes.has('marking:raise'), scopes.has('marking:lower')];
  return raise && lower ? 'both' : raise ? 'raise' : lower ? 'lower' : 'neither';
}

const OPEN_NAME = 'open';

/** The caller of a server without credentials, which binds to loopback only: may everything, sees everything. */
export function openCaller(ended: AbortSignal): Caller {
  const caller = callerFor({ name: OPEN_NAME, scopes: SCOPES, level: 'CLEAR', red: [] }, ended);
  return { ...caller, everywhere: caller.cleared };
}

/** No credential has this name. */
export const isOpenCaller = ({ name }: { readonly name: string }): boolean => name === OPEN_NAME;

const READING: ReadonlySet<Scope> = new Set<Scope>(['views:read', 'log:read', 'log:prove', 'consumers:use']);

/** The same caller where only reading is safe: a browser sends its cookie by itself. */
export const readingOnly = (caller: Caller): Caller => ({
  ...caller,
  scopes: new Set([...caller.scopes].filter((scope) => READING.has(scope))),
});
