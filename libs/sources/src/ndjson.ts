import type { BrokenRow } from './feed-row';
import { lineId } from './identity';
import { readLines } from './read-lines';

/**
 * What the server adds to an event when it is read. Taken off again, so that what was exported, or saved from any
 * read, can be imported.
 */
export const ADDED_ON_READ = [
  'crisisId',
  'marking',
  'recordedAt',
  'recordedBy',
  'correlationId',
  'causationId',
  'schemaVersion',
  'goldstein',
  'subType',
  'kinetic',
  'revision',
  'position',
];

/** One event of the log's own wire format, as JSON text on one line. */
export interface WireLine {
  readonly number: number;
  readonly eventId: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly incidentId?: string;
  readonly json: string;
}

/**
 * Events in the log's own wire format, one a line, in their order; empty lines are passed over. A line is handed on as
 * it stands, so that its numbers and names reach the server's checks unchanged; only an event as read is written anew,
 * without what the server added, and one without an id gets one.
 */
export async function* readNdjson(bytes: AsyncIterable<Buffer>): AsyncGenerator<WireLine | BrokenRow> {
  const seen = new Map<string, number>();
  const ordinal = (text: string): number => {
    const before = seen.get(text) ?? 0;
    seen.set(text, before + 1);
    return before;
  };
  let number = 0;
  for await (const line of readLines(bytes)) {
    number += 1;
    const text = decode(line);
    if (text?.trim() === '') continue;
    const element = text === undefined ? undefined : parseObject(text);
    if (text === undefined || element === undefined) yield { number, broken: 'not a JSON object' };
    else yield wireLine(number, text, element, ordinal);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

const decode = (line: Buffer): string | undefined => {
  try {
    return utf8.decode(line);
  } catch {
    return undefined;
  }
};

const parseObject = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
};

const wireLine = (
  number: number,
  text: string,
  element: Record<string, unknown>,
  ordinal: (text: string) => number,
): WireLine => {
  const json = ADDED_ON_READ.some((name) => Object.hasOwn(element, name)) ? JSON.stringify(asSent(element)) : text;
  const { eventId, incidentId } = element;
  const line = {
    number,
    type: String(element.type),
    occurredAt: String(element.occurredAt),
    ...(typeof incidentId === 'string' && { incidentId }),
  };
  if (typeof eventId === 'string') return { ...line, eventId, json };
  const given = lineId(json, ordinal(json));
  return { ...line, eventId: given, json: withMember(json, 'eventId', given) };
};

/** A JSON object's text with one more member, and all else as it stood. */
export const withMember = (json: string, name: string, value: string): string => {
  const rest = json.slice(json.indexOf('{') + 1);
  return `{${JSON.stringify(name)}:${JSON.stringify(value)}${rest.trim() === '}' ? '' : ','}${rest}`;
};

const asSent = (element: Record<string, unknown>): object =>
  Object.fromEntries(Object.entries(element).filter(([name]) => !ADDED_ON_READ.includes(name)));
