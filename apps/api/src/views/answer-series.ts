import { modelOf, type SeriesPoint } from '#projections';
import type { ReadContext } from '../view-worker/read-context';
import type { SeriesQuestion } from '../view-worker/read-request';
import { asOfOf, type Scene, sceneOf } from './scene';
import { floorToMinute, MINUTE_MS } from './time';

/** The gauges at evenly spaced moments, ascending; null where the crisis was not yet known. */
export function answerSeries(context: ReadContext, question: SeriesQuestion): string {
  const scene = sceneOf(context, { ...question, at: floorToMinute(question.to) });
  return JSON.stringify({
    crisisId: scene.crisis,
    asOf: asOfOf(context, scene),
    knowledge: question.knowledge,
    model: modelOf(scene.frame, scene.model).version,
    series: seriesIn(context, scene, question),
  });
}

function seriesIn(context: ReadContext, scene: Scene, { from, to, points, knowledge }: SeriesQuestion): SeriesPoint[] {
  const { memory, levelIndex: level, asOf } = scene;
  const times = Array.from(
    { length: points },
    (_, i) => floorToMinute(from + ((to - from) * i) / (points - 1)) / MINUTE_MS,
  );
  memory.requireReadable(asOf, level);
  return modelOf(scene.frame, scene.model).seriesOf({
    versions: memory.versions(),
    level,
    times,
    asOf: knowledge === 'now' ? () => asOf : (time) => knownAt(context, scene, time * MINUTE_MS),
    frame: (position) => memory.frameAt(position, level, times.at(-1)!),
  });
}

/** What the reader could know of the crisis at a time, but no more than at the scene's own point. */
const knownAt = (context: ReadContext, { crisis, level, asOf }: Scene, time: number): number =>
  context.store.listing.lastVisible(crisis, Math.min(context.log.positionKnownAt(time), asOf), level);
