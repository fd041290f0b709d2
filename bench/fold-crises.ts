import type { LogReader } from '#event-log';
import { CrisisFold, modelOf, Moment, projections } from '#projections';

const RED = 4;
const AT = new Moment(Date.parse('2026-01-01T00:00:00Z'));

/** V of each of these crises from the stored events alone: decodes every one, writes nothing. Returns how many there were. */
export function foldCrises(reader: LogReader, streams: readonly string[]): number {
  const crises = new Map(streams.map((stream) => [stream, new CrisisFold(reader, stream, AT.minute)]));
  let events = 0;
  for (const stored of reader.readAll({ streams })) {
    crises.get(stored.stream)!.add(stored);
    events++;
  }
  for (const crisis of crises.values()) viewsOf(crisis);
  return events;
}

function viewsOf(crisis: CrisisFold): string {
  const frame = crisis.frameAt(Infinity, RED, AT.minute)!;
  const situation = modelOf(frame).situationOf(frame, crisis.effectiveEvents(Infinity, RED, AT.minute), AT);
  return JSON.stringify([projections.risk.view(situation), projections.status.view(situation)]);
}
