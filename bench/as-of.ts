import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelOf, Moment, projections, Projector, ViewStore } from '#projections';
import { random } from '../test/support/seed';
import { filledLog } from './filled-log';
import { type Measured, median, ms, seconds } from './measure';
import { foldCrises } from './fold-crises';

const EVENTS = 100_000;
const POINTS = 40;
const RED = 4;
const FROM = Date.parse('2016-01-01T00:00:00Z');
const YEARS_MS = 3650 * 86_400_000;

/** A view of a crisis of ten years at a random moment, as of a random position, against a refold of all of it. */
export async function benchAsOf(): Promise<Measured[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-bench-'));
  const log = await filledLog(dataDir, 1, EVENTS);
  const store = ViewStore.open(dataDir, log.reader, 'bench');
  const projector = new Projector(log.reader, store);
  const project = await seconds(() => projector.catchUp(log.head()));
  const next = random(11);
  const view = () => viewAt(projector, FROM + next() * YEARS_MS, Math.floor(next() * log.head()));
  const cold = await seconds(view);
  const warm = median(await times(POINTS, view));
  const whole = median(await times(5, () => void foldCrises(log.reader, ['crisis-c0'])));
  store.close();
  await log.close();
  rmSync(dataDir, { recursive: true, force: true });
  return [
    {
      name: 'as-of view in 100,000 events / refold',
      ratio: warm / whole,
      bar: ['<=', 0.1],
      scale: `${ms(1000 * warm)} of ${ms(1000 * whole)}`,
    },
    {
      name: 'the first one, from the view store / refold',
      ratio: cold / whole,
      scale: `${ms(1000 * cold)} of ${ms(1000 * whole)}`,
    },
    {
      name: 'projecting into the view store / refold',
      ratio: project / whole,
      scale: `${ms(1000 * project)} of ${ms(1000 * whole)}`,
    },
  ];
}

function viewAt(projector: Projector, time: number, asOf: number): string {
  const at = new Moment(Math.floor(time / 60_000) * 60_000);
  const memory = projector.memory('c0');
  const frame = memory.frameAt(asOf, RED, at.minute)!;
  return JSON.stringify(
    projections.risk.view(modelOf(frame).situationOf(frame, memory.effectiveEvents(asOf, RED, at.minute), at)),
  );
}

async function times(count: number, work: () => unknown): Promise<number[]> {
  const all: number[] = [];
  for (let i = 0; i < count; i++) all.push(await seconds(work));
  return all;
}
