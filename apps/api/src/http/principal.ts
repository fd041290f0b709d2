import type { FastifyRequest } from 'fastify';
import type { Scope } from '#access';
import type { Level, MarkingRight } from '#event-log';
import { Problem } from './problem';

/** Who asks, in one crisis. Every route takes its reader's level from here and nowhere else. */
export interface Principal {
  readonly name: string;
  readonly level: Level;
  /** May see revisions and positions: the plain numbers that reveal how much there is. */
  readonly seesNumbers: boolean;
  /** Which way it may move markings. */
  readonly mayMark: MarkingRight;
}

/** Who sent a request, with all that its credential grants. */
export interface Caller {
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  readonly everywhere: Principal;
  /** The same where it is RED. */
  readonly cleared: Principal;
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
 * everywhere. Nobody else may be asked.
 */
export function readerOf(request: FastifyRequest, crisisId?: string): Principal {
  const { everywhere, cleared, red } = callerOf(request);
  return crisisId !== undefined && red.has(crisisId) ? cleared : everywhere;
}

/** Aborts when the credential of the request ends, at most 5 s after it was revoked. */
export const endedOf = (request: FastifyRequest): AbortSignal => callerOf(request).ended;
