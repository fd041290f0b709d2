import { hash } from 'node:crypto';
import { canonicalJson } from '#event-log';
import { projections } from '#projections';
import type { ReadContext } from './read-context';
import type { Moment } from './read-request';
import { asOfOf, type Scene, sceneOf, situationIn } from './situate';

export const answerRisk = (context: ReadContext, moment: Moment): string => answer(context, moment, 'risk');

export const answerStatus = (context: ReadContext, moment: Moment): string => answer(context, moment, 'status');

function answer(context: ReadContext, moment: Moment, name: keyof typeof projections): string {
  const scene = sceneOf(context, moment);
  const body = scene.memory.cached(`${name} ${scene.asOf} ${scene.at} ${scene.level} ${scene.model}`, () =>
    digested(viewOf(scene, name)),
  );
  return `{"asOf":${JSON.stringify(asOfOf(context, scene))},${body.slice(1)}`;
}

const viewOf = (scene: Scene, name: keyof typeof projections): object => ({
  crisisId: scene.crisis,
  ...projections[name].view(situationIn(scene)),
});

/**
 * The answer with its digest: SHA-256 (base64url) of its JCS text without `asOf` and `digest`. The same
 * moment, point and level give the same digest on every instance, whenever it is asked.
 */
export function digested(answer: object): string {
  const text = JSON.stringify(answer);
  return `${text.slice(0, -1)},"digest":"${hash('sha256', canonicalJson(answer), 'base64url')}"}`;
}
