import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { cameo } from '#catalogue';
import type { LogReader } from '#event-log';
import { modelOf, Moment, projections } from '#projections';
import type { History } from '../libs/projections/src/amendments';
import { applyEvent, type EffectiveVersion, selectEvents } from '../libs/projections/src/effective-events';
import type { EventBody } from '../libs/projections/src/facts';
import { frameAt, type FrameEvent, frameEventOf } from '../libs/projections/src/frame';
import { recordedEventOf } from '../libs/projections/src/recorded-event';
import { relevantOf } from '../libs/projections/src/relevant';
import { filledLog } from './filled-log';
import { type Measured, paired, perSecond } from './measure';

const CRISES = 10;
const EVENTS = Number(process.env['EVENTS'] ?? 1_000_000);
const ROUNDS = 3;
const RED = 4;
const AT = Date.parse('2026-01-01T00:00:00Z');

/** Decode every stored event and fold V of each crisis, writing nothing; against a raw read of the same rows. */
export async function benchRefold(): Promise<Measured[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-bench-'));
  const log = await filledLog(dataDir, CRISES, EVENTS / CRISES);
  const { ratio, ours, limit } = await paired(
    ROUNDS,
    async () => rate(() => refold(log.reader)),
    async () => rate(() => rawRead(join(dataDir, 'log.sqlite'))),
  );
  await log.close();
  rmSync(dataDir, { recursive: true, force: true });
  return [
    {
      name: `refold of ${EVENTS.toLocaleString('en')} events / raw read`,
      ratio,
      bar: ['>=', 0.35],
      scale: `${perSecond(ours)} of ${perSecond(limit)}`,
    },
  ];
}

function rate(work: () => number): number {
  const started = performance.now();
  const events = work();
  return (events * 1000) / (performance.now() - started);
}

/** How many events were read. */
function rawRead(path: string): number {
  const db = new DatabaseSync(path, { readOnly: true });
  let bytes = 0;
  let events = 0;
  for (const row of db.prepare('SELECT position, type, body FROM event ORDER BY position').iterate()) {
    bytes += (row['body'] as string).length;
    events++;
  }
  db.close();
  if (bytes === 0) throw new Error('nothing was read');
  return events;
}

class Crisis {
  readonly frame: FrameEvent[] = [];
  readonly versions = new Map<number, readonly EffectiveVersion[]>();
  readonly histories = new Map<string, History>();

  historyOf(eventId: string): History | undefined {
    return this.histories.get(eventId);
  }
}

export function refold(reader: LogReader): number {
  const crises = new Map<string, Crisis>();
  let events = 0;
  for (const stored of reader.readAll()) {
    let crisis = crises.get(stored.stream);
    if (!crisis) crises.set(stored.stream, (crisis = new Crisis()));
    const event = recordedEventOf(stored, JSON.parse(stored.body) as EventBody);
    const frameEvent = frameEventOf(event);
    if (frameEvent) crisis.frame.push(frameEvent);
    const change = applyEvent(event, crisis, cameo);
    if (change) {
      crisis.versions.set(change.history.original.position, change.versions);
      crisis.histories.set(change.history.original.eventId, change.history);
    }
    events++;
  }
  for (const crisis of crises.values()) viewOf(crisis);
  return events;
}

function viewOf(crisis: Crisis): string {
  const at = new Moment(AT);
  const frame = frameAt(crisis.frame, Infinity, RED, at.minute)!;
  const known = relevantOf(selectEvents([...crisis.versions.values()].flat(), Infinity, RED, at.minute), at.minute);
  const situation = modelOf(frame).situationOf(frame, known, at);
  return JSON.stringify([projections.risk.view(situation), projections.status.view(situation)]);
}
