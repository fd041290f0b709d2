import type { FastifyRequest } from 'fastify';
import type { Level } from '#event-log';
import { requireCrisisId } from '../http/crisis-id';
import { readerOf } from '../access/caller';
import { badParameter, onlyKnown, type Query, textParameter, timeParameter } from '../http/parameters';
import type { Tokens } from '../http/tokens';
import type { AsOf, Moment } from '../view-worker/read-request';
import { floorToMinute } from './time';

/** A client's clock may be a little ahead. Views of the future are refused: `nextChangeAt` looks ahead. */
const MAX_AHEAD_SECONDS = 60;

/**
 * The `at`, `asOf` and `model` of a view's query, checked; `also` names the parameters that the route takes besides.
 */
export function momentOf(
  request: FastifyRequest,
  crisisId: string,
  query: Query,
  tokens: Tokens,
  now: number,
  also: readonly string[] = [],
): Moment {
  onlyKnown(query, ['at', 'asOf', 'model', 'atLeast', ...also]);
  const at = momentParameter(query, 'at', now);
  const reader = readerOf(request, crisisId);
  const asOf = asOfParameter(query, 'asOf', tokens, reader.level);
  const model = textParameter(query, 'model');
  return {
    crisis: requireCrisisId(crisisId, 'crisisId'),
    reader,
    now,
    ...(at !== undefined && { at: floorToMinute(at) }),
    ...(asOf && { asOf }),
    ...(model !== undefined && { model }),
  };
}

/** A moment of the world that a view may be asked for. */
export function momentParameter(query: Query, name: string, now: number): number | undefined {
  const time = timeParameter(query, name);
  if (time !== undefined && time > now + MAX_AHEAD_SECONDS * 1000)
    throw badParameter(name, `at most ${MAX_AHEAD_SECONDS} s ahead.`);
  return time;
}

/**
 * A time or a cursor. A time to come means now. A cursor must have been given for `level`; without a level any cursor is
 * accepted.
 */
export function asOfParameter(query: Query, name: string, tokens: Tokens, level?: Level): AsOf | undefined {
  const text = textParameter(query, name);
  if (text === undefined) return undefined;
  // No token begins with a digit: this is a time, or meant to be one.
  if (/^\d/.test(text)) return { time: timeParameter(query, name) as number };
  return { position: tokens.open(text, name, { kind: 'point', ...(level && { level }) }).position };
}
