import { LEVELS, type Position } from '#event-log';
import type { EffectiveVersion } from './effective-events';
import { factsOf, reportTypeOf, type CodeTable, type EventBody, type Facts } from './facts';
import { HIGHEST, levelIndexOf, type LevelIndex, type RecordedEvent } from './frame';

/** An amendment in an original's history. */
export interface Amendment {
  readonly position: Position;
  readonly eventId: string;
  /** The event amended: the original, or an earlier amendment of this history. */
  readonly target: string;
  readonly kind: 'correction' | 'retraction' | 'marking';
  /** Its own marking at append, null when it inherits; of a marking change the marking it gives. */
  readonly level: LevelIndex | null;
  /** What a correction puts in force. */
  readonly facts: Facts | null;
}

/** An original with all its amendments in position order: plain data, and all that its versions follow from. */
export interface History {
  readonly original: {
    readonly position: Position;
    readonly eventId: string;
    readonly level: LevelIndex;
    readonly facts: Facts;
  };
  readonly amendments: readonly Amendment[];
}

/**
 * The amendment that an event is; undefined for any other event, and for a correction into no report.
 * @throws for one that cannot be folded: of no target, no content, no time, or a marking that this build does not know
 */
export function amendmentOf(
  { position, id, type, marking, body }: RecordedEvent,
  codes: CodeTable,
): Amendment | undefined {
  const its = { position, eventId: id, level: marking === 'inherit' ? null : levelIndexOf(marking) };
  const data = body.content.data as Record<string, unknown>;
  switch (type) {
    case 'EventRetracted':
      return { ...its, target: targetOf(body), kind: 'retraction', facts: null };
    case 'EventCorrected': {
      const into = reportTypeOf((data.content as { type: string }).type);
      if (into === undefined) return undefined;
      return { ...its, target: targetOf(body), kind: 'correction', facts: factsOf(into, correctedBody(body), codes) };
    }
    case 'MarkingChanged':
      return { ...its, target: targetOf(body), kind: 'marking', level: markingIn(data), facts: null };
    default:
      return undefined;
  }
}

function targetOf({ refs }: EventBody): string {
  const target = refs['data.target'];
  if (typeof target !== 'string') throw new TypeError('an amendment without a target');
  return target;
}

function markingIn({ marking }: Record<string, unknown>): LevelIndex {
  const level = levelIndexOf(marking as string);
  if (level < 0) throw new TypeError(`a marking of ${String(marking)}`);
  return level;
}

const CONTENT_PREFIX = 'data.content.';

/** The body of the content inside a correction: its references and sources stand under `data.content.`. */
function correctedBody({ content, refs, sources }: EventBody): EventBody {
  const inner = (parts: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(parts)
        .filter(([path]) => path.startsWith(CONTENT_PREFIX))
        .map(([path, value]) => [path.slice(CONTENT_PREFIX.length), value]),
    );
  const { content: corrected } = content.data as { content: Record<string, unknown> };
  return { content: corrected, refs: inner(refs), sources: inner(sources) };
}

/** The history of an original that nothing has amended, from the one version that it has. */
export const unamendedHistory = ({ original, eventId, levelFrom, facts }: EffectiveVersion): History => ({
  original: { position: original, eventId, level: levelFrom, facts },
  amendments: [],
});

export const unamended = ({ position, eventId, level, facts }: History['original']): EffectiveVersion => ({
  original: position,
  eventId,
  levelFrom: level,
  levelTo: HIGHEST,
  knownFrom: position,
  knownTo: null,
  source: position,
  facts,
});

/** Corrections amend originals only; retractions and markings amend originals, corrections and retractions. */
export function accepts({ original, amendments }: History, { kind, target }: Amendment): boolean {
  if (target === original.eventId) return true;
  return kind !== 'correction' && amendments.some(({ eventId, kind }) => eventId === target && kind !== 'marking');
}

/**
 * The versions of an original: what is in force at each level after each amendment, equal neighbours joined.
 * Levels follow the markings at the head, so a change of marking moves the past as well.
 */
export function versionsOf({ original, amendments }: History): EffectiveVersion[] {
  if (amendments.length === 0) return [unamended(original)];
  const levels = levelsInForce(original, amendments);
  const byLevel = Array.from({ length: LEVELS.length }, (_, level) =>
    level < levels.get(original.eventId)! ? [] : stretchesAt(level, original, amendments, levels),
  );
  return byLevel.flatMap((stretches, level) =>
    stretches
      .filter((stretch) => !byLevel[level - 1]?.some((below) => sameStretch(below, stretch)))
      .map(({ facts, ...stretch }) => {
        let levelTo = level;
        while (byLevel[levelTo + 1]?.some((above) => sameStretch(above, { ...stretch, facts }))) levelTo++;
        return { original: original.position, eventId: original.eventId, levelFrom: level, levelTo, ...stretch, facts };
      }),
  );
}

/** One content in force between two positions. */
type Stretch = Pick<EffectiveVersion, 'knownFrom' | 'knownTo' | 'source' | 'facts'>;

const sameStretch = (a: Stretch, b: Stretch): boolean =>
  a.knownFrom === b.knownFrom && a.knownTo === b.knownTo && a.source === b.source;

/**
 * The marking in force at the head of everything in a history: the last given; an amendment's at least its target's.
 */
function levelsInForce(original: History['original'], amendments: readonly Amendment[]): Map<string, LevelIndex> {
  const given = new Map<string, LevelIndex>([[original.eventId, original.level]]);
  for (const { kind, target, eventId, level } of amendments)
    given.set(kind === 'marking' ? target : eventId, level ?? 0);
  const inForce = new Map<string, LevelIndex>([[original.eventId, given.get(original.eventId)!]]);
  for (const { kind, target, eventId } of amendments)
    if (kind !== 'marking') inForce.set(eventId, Math.max(given.get(eventId)!, inForce.get(target)!));
  return inForce;
}

function stretchesAt(
  level: LevelIndex,
  original: History['original'],
  amendments: readonly Amendment[],
  levels: ReadonlyMap<string, LevelIndex>,
): Stretch[] {
  const visible = amendments.filter(({ kind, eventId }) => kind !== 'marking' && levels.get(eventId)! <= level);
  const stretches: Stretch[] = [];
  let current = { position: original.position, facts: original.facts } as Content | undefined;
  let since = original.position;
  for (const [i, amendment] of visible.entries()) {
    const next = inForceAfter(original, visible.slice(0, i + 1));
    if (next?.position === current?.position) continue;
    if (current !== undefined)
      stretches.push({ knownFrom: since, knownTo: amendment.position, source: current.position, facts: current.facts });
    current = next;
    since = amendment.position;
  }
  if (current !== undefined)
    stretches.push({ knownFrom: since, knownTo: null, source: current.position, facts: current.facts });
  return stretches;
}

interface Content {
  readonly position: Position;
  readonly facts: Facts;
}

/**
 * Nothing if a retraction of the original is in force, else the latest correction in force, else the original. An
 * amendment is in force unless a later retraction in force targets it: so the last is, and each decides about earlier
 * ones.
 */
function inForceAfter(original: History['original'], visible: readonly Amendment[]): Content | undefined {
  const retracted = new Set<string>();
  let latest: Content | undefined;
  for (const { kind, eventId, target, position, facts } of visible.toReversed()) {
    if (retracted.has(eventId)) continue;
    if (kind === 'retraction') retracted.add(target);
    else latest ??= { position, facts: facts! };
  }
  return retracted.has(original.eventId) ? undefined : (latest ?? original);
}
