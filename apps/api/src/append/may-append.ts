import type { FastifyRequest } from 'fastify';
import type { Scope } from '#access';
import { definitions } from '#catalogue';
import type { NewEvent, Writer } from '#event-log';
import { scopeMissing } from '../access/guard';
import { callerOf, readerOf } from '../access/caller';

/** Any of these admits to the route; which one is needed depends on the event. */
export const APPENDING = [
  'events:append',
  'events:amend',
  'marking:raise',
  'marking:lower',
] as const satisfies readonly Scope[];

const FRAME = ['CrisisOpened', 'CrisisAmended', 'CrisisClosed', 'ModelActivated'];
const MARKING: readonly Scope[] = ['marking:raise', 'marking:lower'];

/** Events that change what is known of an event or of the crisis itself amend; all others report. */
const scopesByType: ReadonlyMap<string, readonly Scope[]> = new Map(
  definitions.map(({ type }) => [type, scopesOf(type)]),
);

function scopesOf(type: string): readonly Scope[] {
  if (type === 'MarkingChanged') return MARKING;
  const amends = FRAME.includes(type) || type === 'EventCorrected' || type === 'EventRetracted';
  return [amends ? 'events:amend' : 'events:append'];
}

/**
 * @throws Problem for a caller without a scope for it. Which way a marking moves only the log knows, which decides
 * that.
 */
export function requireScope(request: FastifyRequest, { type }: NewEvent, index?: number): void {
  const scopes = scopesByType.get(type)!;
  const caller = callerOf(request);
  if (!scopes.some((scope) => caller.scopes.has(scope)))
    throw scopeMissing(scopes, index === undefined ? {} : { index });
}

export function writerOf(request: FastifyRequest, crisisId: string): Writer {
  const { name, level } = readerOf(request, crisisId);
  return { principal: name, level, mayMark: callerOf(request).mayMark };
}
