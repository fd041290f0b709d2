import { DividedElement, divideElement } from './element';
import { AppendRequest, MAX_BYTES_PER_APPEND, MAX_EVENTS_PER_APPEND, NewEvent } from './event-log';
import { AppendTooLarge, DuplicateIdInAppend, EventLogError, InvalidAppend } from './errors';

const STREAM = /^crisis-[a-z0-9]+(-[a-z0-9]+)*$/;
const MAX_STREAM_LENGTH = 'crisis-'.length + 64;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Metadata is at most 8 KiB: even escaped, fields of this length stay below that together. */
const MAX_NAME_LENGTH = 256;

/**
 * Checks the rules of the port that need no history, and divides the elements for storing. Throws what the append
 * rejects with.
 */
export function checkAppend(request: AppendRequest): DividedElement[] {
  const { stream, events } = request;
  checkRequest(request);
  events.forEach(checkEvent);
  if (events.length > 1) checkDistinct(stream, events);
  const elements = events.map(divide);
  const bytes = elements.reduce((sum, { wholeBytes }) => sum + wholeBytes, 0);
  if (bytes > MAX_BYTES_PER_APPEND) throw new AppendTooLarge({ events: events.length, bytes });
  return elements;
}

/** The same for events that are appended each on its own: those refused are left out, and noted by their place. */
export function checkEach(request: AppendRequest, refused: Map<number, EventLogError>): DividedElement[] {
  checkRequest(request);
  return request.events.flatMap((event, i) => {
    try {
      return checkAppend({ ...request, events: [event] });
    } catch (error) {
      if (!(error instanceof EventLogError)) throw error;
      refused.set(i, error);
      return [];
    }
  });
}

/** The rules about a request as a whole. */
export function checkRequest({ stream, events, writer }: AppendRequest): void {
  if (events.length > MAX_EVENTS_PER_APPEND) throw new AppendTooLarge({ events: events.length });
  if (stream.length > MAX_STREAM_LENGTH || !STREAM.test(stream)) refuse(0, `no such stream can exist: ${stream}`);
  if (events.length === 0) refuse(0, 'the array is empty');
  if (!isName(writer.principal)) refuse(0, 'a principal needs a short name');
}

function divide({ element }: NewEvent, index: number): DividedElement {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) refuse(index, 'it is no object');
  try {
    return divideElement(element);
  } catch (error) {
    refuse(index, (error as Error).message);
  }
}

function checkEvent(event: NewEvent, index: number): void {
  const { id, type, marking, target, references, correlationId, causationId } = event;
  if (!UUID.test(id)) refuse(index, `${id} is not a lower-case UUID`);
  if (!isName(type) || type.startsWith('$')) refuse(index, `a type cannot be called ${type}`);
  if (correlationId !== undefined && !isName(correlationId))
    refuse(index, 'the correlation id is too long or malformed');
  if (causationId !== undefined && !isName(causationId)) refuse(index, 'the causation id is too long or malformed');
  if (target === undefined && marking === 'inherit') refuse(index, 'only an amendment inherits a marking');
  if (target === undefined && event.marks !== undefined) refuse(index, 'a change of marking needs a target');
  if (target !== undefined && !references.some((reference) => reference.id === target)) {
    refuse(index, 'the target is not among the references');
  }
}

function checkDistinct(stream: string, events: readonly NewEvent[]): void {
  const seen = new Set<string>();
  for (const [index, { id }] of events.entries()) {
    if (seen.has(id)) throw new DuplicateIdInAppend({ stream, index, id });
    seen.add(id);
  }
}

const isName = (text: string) => text !== '' && text.length <= MAX_NAME_LENGTH && text.isWellFormed();

function refuse(index: number, reason: string): never {
  throw new InvalidAppend({ index, reason });
}
