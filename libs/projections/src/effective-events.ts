import type { Position } from '#event-log';
import { accepts, amendmentOf, unamended, versionsOf, type Amendment, type History } from './amendments';
import { factsOf, reportTypeOf, type CodeTable, type Facts } from './facts';
import { levelIndexOf, type LevelIndex, type RecordedEvent } from './frame';
import type { Minute } from './instant';

/**
 * What an original event counted as, for readers of some levels, while the record stood between two positions.
 * S(p, L) = the versions with knownFrom <= p < knownTo and levelFrom <= L <= levelTo: at most one for an original.
 */
export interface EffectiveVersion {
  /** Position and id of the original. */
  readonly original: Position;
  readonly eventId: string;
  readonly levelFrom: LevelIndex;
  readonly levelTo: LevelIndex;
  readonly knownFrom: Position;
  /** Exclusive; null: still. */
  readonly knownTo: Position | null;
  /** Position of the event whose content is in force: the original or a correction. */
  readonly source: Position;
  readonly facts: Facts;
}

/** How the fold finds the history that an amendment belongs to; a store answers it from its rows. */
export interface Histories {
  /** The history that holds `eventId`, as its original or as one of its amendments. */
  historyOf(eventId: string): History | undefined;
}

/** What one event changes: all versions of one original are to be replaced by these. */
export interface HistoryChange {
  readonly history: History;
  readonly versions: readonly EffectiveVersion[];
}

/**
 * Folds one event, in position order. Undefined when it changes no effective event: an event of the frame, or an
 * amendment of something that cannot be amended.
 *
 * @throws for content that cannot be folded: that is poison, not to be skipped
 */
export function applyEvent(event: RecordedEvent, histories: Histories, codes: CodeTable): HistoryChange | undefined {
  const type = reportTypeOf(event.type);
  if (type !== undefined) {
    const { position, id, marking, body } = event;
    const facts = factsOf(type, body, codes);
    const original = { position, eventId: id, level: levelIndexOf(marking), facts };
    return { history: { original, amendments: [] }, versions: [unamended(original)] };
  }
  const amendment = amendmentOf(event, codes);
  return amendment && amend(amendment, histories);
}

/** Undefined for an amendment of something that cannot be amended. */
export function amend(amendment: Amendment, histories: Histories): HistoryChange | undefined {
  const history = histories.historyOf(amendment.target);
  if (history === undefined || !accepts(history, amendment)) return undefined;
  const amended = { original: history.original, amendments: [...history.amendments, amendment] };
  return { history: amended, versions: versionsOf(amended) };
}

/** S: the events known at `asOf`, visible at `level`, with instant <= `at`, in order. */
export const selectEvents = (
  versions: readonly EffectiveVersion[],
  asOf: Position,
  level: LevelIndex,
  at: Minute,
): EffectiveVersion[] =>
  versions.filter((version) => version.facts.instant <= at && isKnown(version, asOf, level)).sort(inOrder);

export const isKnown = (version: EffectiveVersion, asOf: Position, level: LevelIndex): boolean =>
  version.knownFrom <= asOf &&
  (version.knownTo === null || asOf < version.knownTo) &&
  version.levelFrom <= level &&
  level <= version.levelTo;

/** The order of S: by instant, then by position of the original. */
export const inOrder = (a: EffectiveVersion, b: EffectiveVersion): number =>
  a.facts.instant - b.facts.instant || a.original - b.original;
