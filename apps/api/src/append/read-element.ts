import { v7 as uuidV7 } from 'uuid';
import { InvalidEvent, parse, type ParsedEvent } from '#catalogue';
import type { NewEvent } from '#event-log';
import { Problem } from '../http/problem';
import type { Trace } from './trace';

export interface ElementInput {
  readonly value: unknown;
  /** The id for an event that brings none; without either the server makes one. */
  readonly key: string | undefined;
  /** Place in the array or among the lines; pointers of refusals start with it. */
  readonly index: number | undefined;
  readonly now: number;
  readonly opening: boolean;
  readonly trace: Trace;
}

/**
 * An element that the catalogue accepts, with what the log must know to decide.
 * @throws InvalidEvent with pointers into the body, or a Problem when an opening stands where none may.
 */
export function readElement(input: ElementInput): NewEvent {
  const parsed = parseAt(input);
  if (
    parsed.eventId !== undefined &&
    input.key !== undefined &&
    input.index === undefined &&
    parsed.eventId !== input.key
  ) {
    throw new Problem('invalid-parameter', 'Idempotency-Key and eventId differ; send one, or the same.', {
      parameter: 'Idempotency-Key',
    });
  }
  return { ...parsed, ...input.trace, id: parsed.eventId ?? input.key ?? uuidV7(), element: input.value as object };
}

/** An array is one body: the places that a refusal names start with the element's index. */
function parseAt({ value, now, opening, index }: ElementInput): ParsedEvent {
  try {
    return parse(value, { now, opening });
  } catch (error) {
    if (!(error instanceof InvalidEvent) || index === undefined) throw error;
    throw new InvalidEvent(
      error.violations.map((violation) => ({ ...violation, pointer: `/${index}${violation.pointer}` })),
    );
  }
}
