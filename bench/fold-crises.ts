import type { LogReader } from '#event-log';
import { CrisisFold, modelOf, Moment, projections } from '#projections';

const RED = 4;
const AT = Date.parse('2026-01-01T00:00:00Z');

/**
 * V of each of these crises from the stored events alone: decodes and folds every one, keeps all in memory, writes
 * nothing. Returns how many events there were.
 */
export function foldCrises(reader: LogReader, streams: readonly string[]): number {
  const crises = new Map(streams.map((stream) => [stream, new CrisisFold()]));
  let events = 0;
  for (const stored of reader.readAll({ streams })) {
    crises.get(stored.stream)!.add(stored);
    events++;
  }
  for (const crisis of crises.values()) viewsOf(crisis);
  return events;
}

function viewsOf(crisis: CrisisFold): string {
  const at = new Moment(AT);
  const frame = crisis.frameAt(Infinity, RED, at.minute)!;
  const situation = modelOf(frame).situationOf(frame, crisis.effectiveEvents(Infinity, RED, at.minute), at);
  return JSON.stringify([projections.risk.view(situation), projections.status.view(situation)]);
}
