import { cameo } from '#catalogue';
import type { LogReader } from '#event-log';
import { modelOf, Moment, projections } from '#projections';
import type { History } from '../libs/projections/src/amendments';
import {
  applyEvent,
  type EffectiveVersion,
  type Histories,
  type HistoryChange,
  selectEvents,
} from '../libs/projections/src/effective-events';
import type { EventBody } from '../libs/projections/src/facts';
import { frameAt, type FrameEvent, frameEventOf, type RecordedEvent } from '../libs/projections/src/frame';
import { recordedEventOf } from '../libs/projections/src/recorded-event';
import { relevantOf } from '../libs/projections/src/relevant';

const RED = 4;
const AT = Date.parse('2026-01-01T00:00:00Z');

/**
 * V of each of these crises from the stored events alone: decodes and folds every one, keeps all in memory, writes
 * nothing. Returns how many events there were.
 */
export function foldCrises(reader: LogReader, streams: readonly string[]): number {
  const crises = new Map(streams.map((stream) => [stream, new Crisis()]));
  let events = 0;
  for (const stored of reader.readAll({ streams })) {
    const event = recordedEventOf(stored, JSON.parse(stored.body) as EventBody);
    crises.get(stored.stream)!.add(event);
    events++;
  }
  for (const crisis of crises.values()) viewsOf(crisis);
  return events;
}

class Crisis implements Histories {
  readonly frame: FrameEvent[] = [];
  /** Of every original, in order; as if nothing had been amended. */
  readonly #originals: EffectiveVersion[] = [];
  readonly #amendments: RecordedEvent[] = [];
  /** By id of an original or of an amendment. */
  readonly #histories = new Map<string, History>();

  add(event: RecordedEvent): void {
    const frameEvent = frameEventOf(event);
    if (frameEvent !== undefined) this.frame.push(frameEvent);
    else if ('data.target' in event.body.refs) this.#amendments.push(event);
    else this.#originals.push(...applyEvent(event, this, cameo)!.versions);
  }

  historyOf(id: string): History | undefined {
    return this.#histories.get(id);
  }

  /** Amendments last: they are few, and only what they name has to be found again. */
  versions(): EffectiveVersion[] {
    const named = new Set(this.#amendments.map(({ body }) => body.refs['data.target']));
    for (const version of this.#originals)
      if (named.has(version.eventId)) this.#histories.set(version.eventId, unamended(version));
    const amended = new Map<number, HistoryChange>();
    for (const amendment of this.#amendments) {
      const change = applyEvent(amendment, this, cameo);
      if (change === undefined) continue;
      const { original, amendments } = change.history;
      for (const { eventId } of [original, ...amendments]) this.#histories.set(eventId, change.history);
      amended.set(original.position, change);
    }
    const versions = this.#originals.filter(({ original }) => !amended.has(original));
    for (const change of amended.values()) versions.push(...change.versions);
    return versions;
  }
}

const unamended = ({ original: position, eventId, levelFrom: level, facts }: EffectiveVersion): History => ({
  original: { position, eventId, level, facts },
  amendments: [],
});

function viewsOf(crisis: Crisis): string {
  const at = new Moment(AT);
  const frame = frameAt(crisis.frame, Infinity, RED, at.minute)!;
  const known = relevantOf(selectEvents(crisis.versions(), Infinity, RED, at.minute), at.minute);
  const situation = modelOf(frame).situationOf(frame, known, at);
  return JSON.stringify([projections.risk.view(situation), projections.status.view(situation)]);
}
