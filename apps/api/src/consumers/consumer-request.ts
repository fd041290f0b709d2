import type { FastifyRequest } from 'fastify';
import { requireCrisisId } from '../http/crisis-id';
import { badParameter } from '../http/parameters';
import { callerOf } from '../access/caller';
import { Problem } from '../http/problem';
import { parseStrict } from '../http/strict-json';

const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const MAX_NAME = 64;
const LEASE = /^[1-9]\d{0,14}$/;
const ID = /^[0-9a-f-]{36}$/;
const MAX_ATTEMPTS = 100;
const MAX_DELAY_SECONDS = 86_400;
const MAX_IDS = 1000;

/** Whose consumer a request is about. */
export function nameOf(request: FastifyRequest): readonly [principal: string, name: string] {
  const { name } = request.params as { name: string };
  if (!NAME.test(name) || name.length > MAX_NAME)
    throw badParameter('name', '1 to 64 lower-case letters and digits, in groups joined by single hyphens.');
  return [callerOf(request).name, name];
}

/** What PUT says; the filters are those of the feed, and checked with it. */
export interface AskedConsumer {
  readonly crisis?: string;
  readonly type?: string;
  readonly actor?: string;
  /** `beginning`, `head`, or a cursor of the feed. */
  readonly start: string;
  readonly maxAttempts: number;
}

export function askedConsumer(request: FastifyRequest): AskedConsumer {
  const { crisis, type, actor, start, maxAttempts } = membersOf(request, MAKING);
  return {
    ...(crisis !== undefined && { crisis: requireCrisisId(crisis) }),
    ...(type !== undefined && { type: textOf('type', type) }),
    ...(actor !== undefined && { actor: textOf('actor', actor) }),
    start: start === undefined ? 'beginning' : textOf('start', start),
    maxAttempts: numberOf('maxAttempts', maxAttempts, { min: 1, max: MAX_ATTEMPTS }) ?? 5,
  };
}
const MAKING = ['crisis', 'type', 'actor', 'start', 'maxAttempts'] as const;

export function askedAcknowledgement(request: FastifyRequest): { lease: number; through?: string } {
  const { lease, through } = membersOf(request, ['lease', 'through']);
  return { lease: leaseOf(lease), ...(through !== undefined && { through: idOf('through', through) }) };
}

export function askedRefusal(request: FastifyRequest): { lease: number; delaySeconds: number | undefined } {
  const { lease, delaySeconds } = membersOf(request, ['lease', 'delaySeconds']);
  return {
    lease: leaseOf(lease),
    delaySeconds: numberOf('delaySeconds', delaySeconds, { min: 0, max: MAX_DELAY_SECONDS }),
  };
}

export function askedReplay(request: FastifyRequest): { ids: readonly string[] | undefined } {
  const { ids } = membersOf(request, ['ids']);
  if (ids === undefined) return { ids };
  if (!Array.isArray(ids) || ids.length > MAX_IDS) throw badParameter('ids', `at most ${MAX_IDS} ids of parked items.`);
  return { ids: ids.map((id) => idOf('ids', id)) };
}

function membersOf<Name extends string>(request: FastifyRequest, names: readonly Name[]): Record<Name, unknown> {
  const value = Buffer.isBuffer(request.body) ? parseStrict(request.body) : undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Problem('malformed-json', 'Send a JSON object; {} for all defaults.');
  const unknown = Object.keys(value).find((name) => !names.includes(name as Name));
  if (unknown !== undefined) throw badParameter(unknown, `unknown here; there are ${names.join(', ')}.`);
  return value as Record<Name, unknown>;
}

function textOf(name: string, value: unknown): string {
  if (typeof value !== 'string') throw badParameter(name, 'a text.');
  return value;
}

function idOf(name: string, value: unknown): string {
  if (typeof value !== 'string' || !ID.test(value)) throw badParameter(name, 'the `id` of an item.');
  return value;
}

function leaseOf(value: unknown): number {
  if (typeof value !== 'string' || !LEASE.test(value))
    throw badParameter('lease', 'the text that was given with the items, in quotes as it came.');
  return Number(value);
}

function numberOf(name: string, value: unknown, { min, max }: { min: number; max: number }): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
    throw badParameter(name, `a whole number from ${min} to ${max}.`);
  return value;
}
