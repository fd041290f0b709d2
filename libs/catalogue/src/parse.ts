import type { Check, Violation } from './compile';
import type { EventDefinition } from './define-event';
import { InvalidEvent } from './errors';
import { CONTENT, explain } from './explain';
import { MAX_AHEAD_MS, MAX_VIOLATIONS } from './limits';
import type { FindReferences, Reference } from './references';
import type { Owner } from './rules';
import type { Tlp } from './vocabulary';

/** What the log needs to know of a valid element; it never looks inside itself. */
export interface ParsedEvent {
  readonly eventId?: string;
  readonly type: string;
  readonly schemaVersion: number;
  /** Of the content inside a correction. */
  readonly contentSchemaVersion?: number;
  readonly contentType?: string;
  /** As at append: the `tlp` sent, else AMBER+STRICT, of an amendment `inherit`. */
  readonly marking: Tlp | 'inherit';
  readonly references: readonly Reference[];
  /** The event that this amendment amends. */
  readonly target?: string;
  /** The marking this event gives its target. */
  readonly marks?: Tlp;
}

export interface ParseContext {
  /** The server's clock, in milliseconds. */
  readonly now: number;
  /** The element opens a crisis: it must be a CrisisOpened, and may only then. */
  readonly opening?: boolean;
}

/** What parsing needs of a definition, made once at load. */
export interface Parser {
  readonly definition: EventDefinition;
  readonly check: Check;
  readonly references: FindReferences | undefined;
}

type Parsers = ReadonlyMap<string, Parser>;

const OPENING = 'CrisisOpened';

export const parseElement = (
  element: unknown,
  { now, opening = false }: ParseContext,
  parsers: Parsers,
): ParsedEvent => {
  const parser = pick(element, opening, parsers);
  const violations: Violation[] = [];
  parser.check(element as Owner, violations);
  checkClock(element, '', now, violations);
  checkClock(contentOf(element), CONTENT, now, violations);
  if (violations.length > 0)
    throw new InvalidEvent(violations.slice(0, MAX_VIOLATIONS).map((its) => explain(its, parser.definition)));
  return facts(element as Owner, parser, parsers);
};

const pick = (element: unknown, opening: boolean, parsers: Parsers): Parser => {
  if (!isObject(element)) throw refusal('', 'object', 'an event is a JSON object');
  const { type } = element;
  if (type === undefined) throw refusal('/type', 'required', 'type is required');
  const parser = typeof type === 'string' ? parsers.get(type) : undefined;
  if (parser === undefined)
    throw refusal('/type', 'event-type', `type must be one of ${[...parsers.keys()].join(', ')}`);
  if (opening && type !== OPENING) throw refusal('/type', 'opening', `a crisis opens with ${OPENING}`);
  if (!opening && type === OPENING)
    throw refusal('/type', 'opening', `${OPENING} opens a crisis and is not appended to one`);
  return parser;
};

const refusal = (pointer: string, rule: string, message: string): InvalidEvent =>
  new InvalidEvent([{ pointer, rule, message }]);

const isObject = (value: unknown): value is Owner =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The element inside a correction, if there is one. */
const contentOf = (element: unknown): unknown =>
  isObject(element) && isObject(element.data) ? element.data.content : undefined;

const checkClock = (element: unknown, pointer: string, now: number, out: Violation[]): void => {
  if (!isObject(element) || element.auxiliary === 'future') return;
  if (!(Date.parse(element.occurredAt as string) > now + MAX_AHEAD_MS)) return;
  const at = `${pointer}/occurredAt`;
  if (out.some((violation) => violation.pointer === at)) return;
  const message = 'occurredAt lies more than 24 hours ahead; an announced event is marked auxiliary: future';
  out.push({ pointer: at, rule: 'too-far-ahead', message });
};

const facts = (element: Owner, { definition, references }: Parser, parsers: Parsers): ParsedEvent => {
  const found: Reference[] = [];
  references?.(element, '', found);
  const isAmendment = definition.kind === 'amendment';
  const { eventId, tlp } = element as { eventId?: string; tlp?: Tlp };
  const parsed: ParsedEvent = {
    type: definition.type,
    schemaVersion: definition.version,
    marking: tlp ?? (isAmendment ? 'inherit' : 'AMBER+STRICT'),
    references: found,
    ...(eventId !== undefined && { eventId }),
  };
  return isAmendment ? { ...parsed, ...amendment(element.data as Owner, parsers) } : parsed;
};

const amendment = (data: Owner, parsers: Parsers): Partial<ParsedEvent> => {
  const { target, marking, content } = data as {
    target: string;
    marking?: Tlp;
    content?: { type: string };
  };
  return {
    target,
    ...(marking !== undefined && { marks: marking }),
    ...(content !== undefined && {
      contentType: content.type,
      contentSchemaVersion: parsers.get(content.type)!.definition.version,
    }),
  };
};
