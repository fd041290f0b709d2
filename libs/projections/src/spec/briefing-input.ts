import { levelIndexOf } from '../frame';
import { LEVELS, type Level } from '#event-log';
import type { BriefingInput, Content, EventOnRecord } from '../briefing-matter';
import { inOrder, isKnown } from '../effective-events';
import { DAY, minuteOf, Moment } from '../instant';
import { reportTypeOf } from '../facts';
import { MemoryCrisis } from './memory-crisis';
import { recorded, type WireEvent } from './recorded-events';

/** An event as sent, and when it was recorded; without that it became known when it happened. */
export type Logged = WireEvent & { readonly recordedAt?: string };

export interface Asked {
  readonly at: string;
  readonly days?: number;
  /** Index of the last event known. */
  readonly asOf?: number;
  readonly level?: Level;
}

const AMENDMENTS = ['EventCorrected', 'EventRetracted'];

/** What a store would give for a briefing of a log; position = index. */
export function briefingInputOf(log: readonly Logged[], { at, days = 7, asOf, level = 'RED' }: Asked): BriefingInput {
  const crisis = new MemoryCrisis(recorded(log));
  const reader = levelIndexOf(level);
  const last = Math.min(asOf ?? Infinity, log.length - 1);
  const now = Moment.of(minuteOf(at));
  const before = Moment.of(now.minute - days * DAY);
  const recordedAt = log.map((event) => event.recordedAt ?? event.occurredAt);
  const knownBefore = Math.min(
    last,
    recordedAt.findLastIndex((time) => minuteOf(time) <= before.minute),
  );
  const levels = levelsOf(log);
  const positions = new Map(log.map(({ eventId }, position) => [eventId, position]));

  return {
    crisisId: 'crisis',
    days,
    now: crisis.situation(now, last, reader),
    events: crisis.versions
      .filter((version) => isKnown(version, last, reader) && version.facts.instant <= now.minute)
      .sort(inOrder),
    before: crisis.situation(before, last, reader),
    believed: knownBefore < 0 ? null : crisis.situation(before, knownBefore, reader),
    knownBefore,
    amendments: log
      .filter((event, i) => i > knownBefore && i <= last && AMENDMENTS.includes(event.type) && levels[i]! <= reader)
      .map((event) => event.eventId),
    frameChanges: log
      .filter((event, i) => event.type === 'CrisisAmended' && i <= last && levels[i]! <= reader)
      .map((event) => event.eventId),
    onRecord,
  };

  function onRecord(eventId: string): EventOnRecord | undefined {
    const position = positions.get(eventId);
    if (position === undefined || position > last || levels[position]! > reader) return undefined;
    const sent = log[position] as unknown as Content;
    const inForce = reportTypeOf(sent.type) === undefined ? sent : effective(position, sent);
    return { marking: LEVELS[levels[position]!]!, recordedAt: recordedAt[position]!, sent, inForce };
  }

  function effective(position: number, sent: Content): Content | null {
    const version = crisis.versions.find((its) => its.original === position && isKnown(its, last, reader));
    if (version === undefined) return null;
    return version.source === position ? sent : (log[version.source]!.data as { content: Content }).content;
  }
}

/** The marking in force at the end of the log; an amendment's is at least its target's. */
export function levelsOf(log: readonly Logged[]): number[] {
  const own = new Map<string, number>();
  for (const { eventId, type, tlp, data } of log) {
    const { target, marking } = (data ?? {}) as { target?: string; marking?: string };
    own.set(eventId, tlp !== undefined ? levelIndexOf(tlp) : target === undefined ? levelIndexOf('AMBER+STRICT') : 0);
    if (type === 'MarkingChanged') own.set(target!, levelIndexOf(marking!));
  }
  const targets = new Map(log.map(({ eventId, data }) => [eventId, (data as { target?: string } | undefined)?.target]));
  const inForce = (eventId: string): number => {
    const target = targets.get(eventId);
    return Math.max(own.get(eventId)!, target === undefined ? 0 : inForce(target));
  };
  return log.map(({ eventId }) => inForce(eventId));
}
