import type { FastifyRequest } from 'fastify';
import { badParameter } from '../http/parameters';

const ID = /^[A-Za-z0-9._:@/+=-]{1,128}$/;

/** What an event was part of, and what caused it. */
export interface Trace {
  readonly correlationId?: string;
  readonly causationId?: string;
}

const UNTRACED: Trace = Object.freeze({});

/** `X-Correlation-Id` and `X-Causation-Id` as the client gave them, checked because they are stored. */
export function traceOf(request: FastifyRequest): Trace {
  const correlationId = idHeader(request, 'x-correlation-id');
  const causationId = idHeader(request, 'x-causation-id');
  if (correlationId === undefined && causationId === undefined) return UNTRACED;
  return { ...(correlationId && { correlationId }), ...(causationId && { causationId }) };
}

function idHeader(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && ID.test(value)) return value;
  throw badParameter(name, '1 to 128 letters, digits or ._:@/+=- are taken.');
}
