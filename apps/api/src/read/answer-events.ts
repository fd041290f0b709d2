import { definitions, read } from '#catalogue';
import type { Level, Position } from '#event-log';
import { LEVELS } from '#event-log';
import { Problem } from '../http/problem';
import { answerReached } from '../view-worker/answer-reached';
import type { ReadContext } from '../view-worker/read-context';
import type { Reader } from '../access/caller';
import type { EventsQuestion } from '../view-worker/read-request';
import { pointToken, requireCrisis } from '../views/scene';
import { exportedEvent, wireEvent } from '../view-worker/wire-event';

/** A page of large events ends early, to bound the memory that one reader takes. */
const MAX_PAGE_CHARS = 4 * 1024 * 1024;

/**
 * A page: one line of what the route needs (`etag`, `next`), then the body. `next` of a page of JSON is a
 * token for the client; of a page of lines it is the position from which the route itself goes on.
 */
export function answerEvents(context: ReadContext, question: EventsQuestion): string {
  const { crisis, reader, limit, filter, format } = question;
  const head = context.log.head();
  requireCrisis(context, crisis, reader.level, head);
  const { listing } = context.store;
  const positions = listing.find({ ...question, level: reader.level, limit: limit + 1 });
  const write = format === 'lines' ? exportedEvent : wireEvent;
  const texts: string[] = [];
  let chars = 0;
  while (texts.length < Math.min(limit, positions.length) && chars < MAX_PAGE_CHARS) {
    const position = positions[texts.length]!;
    const text = JSON.stringify(write(context.log.at(position)!, listing.levelAt(position), reader));
    chars += text.length;
    texts.push(text);
  }
  const last = texts.length < positions.length ? positions[texts.length - 1]! : undefined;
  if (format === 'lines') return [JSON.stringify({ next: last ?? null }), ...texts, ''].join('\n');
  const next =
    last === undefined
      ? null
      : context.tokens.seal({ kind: 'page', position: last, index: 0, level: reader.level, filter });
  const etag = `"${pointToken(context, listing.lastVisible(crisis, head, reader.level), reader.level)}"`;
  return `${JSON.stringify({ etag })}\n{"events":[${texts.join(',')}],"next":${JSON.stringify(next)}}`;
}

export function answerEvent(
  context: ReadContext,
  { crisis, eventId, reader }: { crisis: string; eventId: string; reader: Reader },
): string {
  requireCrisis(context, crisis, reader.level, context.log.head());
  const { listing } = context.store;
  const position = listing.positionOf(crisis, eventId, reader.level);
  if (position === undefined)
    throw new Problem('event-not-found', `The crisis ${crisis} has no event ${eventId}.`, {
      crisisId: crisis,
      eventId,
    });
  const wire = (place: Position): object => wireEvent(context.log.at(place)!, listing.levelAt(place), reader);
  const before = listing.lastVisible(crisis, position - 1, reader.level);
  return JSON.stringify({
    event: wire(position),
    amendments: listing.amendmentsOf(position, reader.level).map(wire),
    effective: effectiveOf(context, crisis, position, reader, context.log.head()),
    cursor: pointToken(context, position, reader.level),
    before: before < 0 ? null : pointToken(context, before, reader.level),
  });
}

/**
 * What is in force of an original: itself, or the content of a correction; null when it is retracted, and for
 * amendments.
 */
export function effectiveOf(
  context: ReadContext,
  crisis: string,
  original: Position,
  reader: Reader,
  asOf: Position,
): object | null {
  const version = context.projector.memory(crisis).versionOf(original, asOf, LEVELS.indexOf(reader.level));
  if (!version) return null;
  const { listing } = context.store;
  const source = wireEvent(context.log.at(version.source)!, listing.levelAt(version.source), reader);
  if (version.source === original) return source;
  return {
    eventId: version.eventId,
    crisisId: crisis,
    ...correctedContent(source),
    marking: source['marking'],
    correctedBy: source['eventId'],
  };
}

/** The content of a correction as if it had been an event: with defaults, and what is derived from its code. */
function correctedContent({ data, unreadable }: Record<string, unknown>): object {
  const { type, ...content } = (data as { content: { type: string } }).content;
  const definition = definitions.find((candidate) => candidate.type === type);
  if (unreadable !== undefined || !definition) return { type, ...content };
  return read({ type, schemaVersion: definition.version, content });
}

/** The token of the last event that the reader sees: what a 412 hands out. */
export function answerLatest(context: ReadContext, { crisis, level }: { crisis: string; level: Level }): string {
  const head = context.log.head();
  answerReached(context, { position: head });
  return pointToken(context, context.store.listing.lastVisible(crisis, head, level), level);
}
