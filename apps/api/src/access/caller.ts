import { type KeyGrant, type Scope, SCOPES } from '#access';
import type { Level, MarkingRight } from '#event-log';
import type { Caller, Principal } from '../http/principal';

/** A credential's grant as its requests carry it; made once a credential, so that a request costs a look-up. */
export function callerFor(grant: Pick<KeyGrant, 'name' | 'scopes' | 'level' | 'red'>, ended: AbortSignal): Caller {
  const scopes = new Set(grant.scopes);
  const at = (level: Level): Principal => ({
    name: grant.name,
    level,
    seesNumbers: scopes.has('log:prove'),
    mayMark: markingRight(scopes),
  });
  return { name: grant.name, scopes, everywhere: at(grant.level), cleared: at('RED'), red: new Set(grant.red), ended };
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
