import { setImmediate as turn } from 'node:timers/promises';
import { projections, type Situation } from '#projections';
import { floorToMinute } from './moment-of';
import type { ReadContext } from './read-context';
import type { SeriesQuestion } from './read-request';
import { asOfOf, type Scene, sceneOf, situationIn } from './situate';

/** Points computed before other questions get their turn. */
const POINTS_A_TURN = 8;

/** Risk at evenly spaced moments, ascending. Points before the crisis was known are null. */
export async function answerSeries(context: ReadContext, question: SeriesQuestion): Promise<string> {
  const { from, to, points, knowledge } = question;
  const scene = sceneOf(context, { ...question, at: floorToMinute(to) });
  const series: object[] = [];
  for (let i = 0; i < points; i++) {
    const at = floorToMinute(from + ((to - from) * i) / (points - 1));
    series.push(pointAt(context, scene, at, knowledge));
    if (i % POINTS_A_TURN === POINTS_A_TURN - 1) await turn();
  }
  return JSON.stringify({ crisisId: scene.crisis, asOf: asOfOf(context, scene), knowledge, series });
}

function pointAt(context: ReadContext, scene: Scene, at: number, knowledge: 'now' | 'then'): object {
  const time = new Date(at).toISOString().replace('.000Z', 'Z');
  const asOf =
    knowledge === 'now'
      ? scene.asOf
      : context.store.listing.lastVisible(
          scene.crisis,
          Math.min(context.log.positionKnownAt(at), scene.asOf),
          scene.level,
        );
  if (asOf < 0 || !scene.memory.frameAt(asOf, scene.levelIndex, at / 60_000)) return { at: time, risk: null };
  return { at: time, ...summaryOf(situationIn(scene, at, asOf)) };
}

/** The line of a chart or of a list. */
export function summaryOf(situation: Situation): object {
  const { risk, band, diplomacyGauge, escalation, diplomacy, omega, outpaces } = projections.risk.view(situation);
  return { risk, band, diplomacyGauge, escalation: escalation.stock, diplomacy: diplomacy.stock, omega, outpaces };
}
