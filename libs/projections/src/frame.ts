import { LEVELS, type Position, type StoredMarking } from '#event-log';
import type { EventBody } from './facts';
import { intervalOf, type Minute, type TimePrecision } from './instant';

/** 0 CLEAR to 4 RED: the index in LEVELS. */
export type LevelIndex = number;

export const HIGHEST: LevelIndex = LEVELS.length - 1;

export const levelIndexOf = (level: string): LevelIndex => LEVELS.indexOf(level as (typeof LEVELS)[number]);

/** One event of a crisis as the folds take it: parsed, valid, upcast; in position order. */
export interface RecordedEvent {
  readonly position: Position;
  readonly id: string;
  readonly type: string;
  /** The marking at append. */
  readonly marking: StoredMarking;
  readonly body: EventBody;
}

export interface Side {
  readonly name: string;
  readonly members: readonly string[];
}

/** Who and what a crisis is about. */
export interface Lists {
  readonly sides: readonly Side[];
  readonly mediators: readonly string[];
  readonly bodies: readonly string[];
  readonly issues: readonly string[];
}

/** The lists from an instant on, until the next chapter. */
export interface Chapter extends Lists {
  readonly from: Minute;
}

/** The frame of a crisis as known at a position and visible at a level: plain data, an argument of V. */
export interface Frame {
  /** The event that opened the crisis. */
  readonly eventId: string;
  readonly title: string;
  readonly openedAt: string;
  readonly closed: { readonly eventId: string; readonly occurredAt: string } | null;
  /** Points of R's and J's half-way mark. */
  readonly riskReference: number;
  readonly diplomacyReference: number;
  /** Never empty; the first holds from the beginning of time, the last is the one in force. */
  readonly chapters: readonly [Chapter, ...Chapter[]];
  /** The last activated, with the parameters that its activation set. */
  readonly model: { readonly version: string; readonly parameters: Readonly<Record<string, unknown>> };
}

const FRAME_TYPES = ['CrisisOpened', 'CrisisAmended', 'CrisisClosed', 'ModelActivated'] as const;
type FrameType = (typeof FRAME_TYPES)[number];

/** What is kept of an event of the frame; never amended, so its marking is the one at append. */
export interface FrameEvent {
  readonly position: Position;
  readonly eventId: string;
  readonly type: FrameType;
  readonly level: LevelIndex;
  readonly instant: Minute;
  readonly occurredAt: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Points: an activation of a model may set them anew. */
interface References {
  readonly riskReference?: number;
  readonly diplomacyReference?: number;
}

/** K and K' when `CrisisOpened` names none: one fully credible strike, and a third of it. */
const DEFAULT_RISK_REFERENCE = 90;
const DEFAULT_DIPLOMACY_REFERENCE = 30;
const FIRST_MODEL = '1';

/**
 * The part of an event that the frame keeps; undefined when it is no event of the frame.
 * @throws for one that cannot be read: of no time, or with lists, names or numbers that are none
 */
export function frameEventOf({ position, id, type, marking, body }: RecordedEvent): FrameEvent | undefined {
  if (!(FRAME_TYPES as readonly string[]).includes(type)) return undefined;
  const occurredAt = body.content.occurredAt as string;
  const [instant] = intervalOf(occurredAt, (body.content.timePrecision ?? 0) as TimePrecision);
  const data = readable(body.content.data ?? {});
  return { position, eventId: id, type: type as FrameType, level: levelIndexOf(marking), instant, occurredAt, data };
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isSide = (value: unknown): boolean =>
  isText((value as Partial<Side> | null)?.name) && isTexts((value as Partial<Side> | null)?.members);
const isSides = (value: unknown): boolean => Array.isArray(value) && value.every(isSide);
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
const isPoints = (value: unknown): boolean => value === undefined || (Number.isSafeInteger(value) && Number(value) > 0);
const isReferences = (value: unknown): boolean =>
  isObject(value) &&
  isPoints((value as References).riskReference) &&
  isPoints((value as References).diplomacyReference);

const IS_READABLE: Readonly<Record<string, (value: unknown) => boolean>> = {
  title: isText,
  sides: isSides,
  mediators: isTexts,
  bodies: isTexts,
  issues: isTexts,
  riskReference: isPoints,
  diplomacyReference: isPoints,
  model: isText,
  parameters: isReferences,
};

/** What the catalogue has checked; but a log can hold a later build's events, or another writer's. */
function readable(data: unknown): FrameEvent['data'] {
  if (!isObject(data)) throw new TypeError('an event of the frame without data');
  const fields = data as FrameEvent['data'];
  const odd = Object.keys(IS_READABLE).find((name) => name in fields && !IS_READABLE[name]!(fields[name]));
  if (odd !== undefined) throw new TypeError(`${odd} cannot be read`);
  return fields;
}

/**
 * The frame known at `asOf`, visible at `level`, as of the moment `at`; undefined when the crisis is then not
 * known or its opening is above the level.
 */
export function frameAt(
  events: readonly FrameEvent[],
  asOf: Position,
  level: LevelIndex,
  at: Minute,
): Frame | undefined {
  const known = events.filter((event) => event.position <= asOf && event.level <= level);
  const opened = known.find((event) => event.type === 'CrisisOpened');
  if (opened === undefined) return undefined;
  const happened = known.filter((event) => event.instant <= at).toSorted(byInstant);
  const closed = happened.findLast((event) => event.type === 'CrisisClosed');
  const activated = known.findLast((event) => event.type === 'ModelActivated');
  const data = opened.data as Partial<Lists> & References & { title?: string };
  const parameters = (activated?.data.parameters ?? {}) as References;
  return {
    eventId: opened.eventId,
    title: data.title ?? '',
    openedAt: opened.occurredAt,
    closed: closed === undefined ? null : { eventId: closed.eventId, occurredAt: closed.occurredAt },
    riskReference: parameters.riskReference ?? data.riskReference ?? DEFAULT_RISK_REFERENCE,
    diplomacyReference: parameters.diplomacyReference ?? data.diplomacyReference ?? DEFAULT_DIPLOMACY_REFERENCE,
    chapters: chaptersOf(
      data,
      happened.filter((event) => event.type === 'CrisisAmended'),
    ),
    model: { version: (activated?.data.model as string | undefined) ?? FIRST_MODEL, parameters: { ...parameters } },
  };
}

const byInstant = (a: FrameEvent, b: FrameEvent): number => a.instant - b.instant || a.position - b.position;

function chaptersOf(opened: Partial<Lists>, amended: readonly FrameEvent[]): [Chapter, ...Chapter[]] {
  const { sides = [], mediators = [], bodies = [], issues = [] } = opened;
  let last: Chapter = { from: -Infinity, sides, mediators, bodies, issues };
  const chapters: [Chapter, ...Chapter[]] = [last];
  for (const { instant, data } of amended) {
    const changed = data as Partial<Lists>;
    last = {
      from: instant,
      sides: changed.sides ?? last.sides,
      mediators: changed.mediators ?? last.mediators,
      bodies: changed.bodies ?? last.bodies,
      issues: changed.issues ?? last.issues,
    };
    chapters.push(last);
  }
  return chapters;
}
