import { hash } from 'node:crypto';
import { canonicalJson } from '#event-log';
import { projections } from '#projections';
import type { ReadContext } from '../view-worker/read-context';
import type { ViewQuestion } from '../view-worker/read-request';
import { asOfOf, sceneOf, situationIn } from './scene';

/** Any projection, by its name in the table of contents. */
export function answerView(context: ReadContext, question: ViewQuestion): string {
  const scene = sceneOf(context, question);
  const body = scene.memory.cached(`${question.view} ${scene.asOf} ${scene.at} ${scene.level} ${scene.model}`, () =>
    digested({ crisisId: scene.crisis, ...projections[question.view].view(situationIn(scene)) }),
  );
  return `{"asOf":${JSON.stringify(asOfOf(context, scene))},${body.slice(1)}`;
}

/**
 * The answer with its digest: SHA-256 (base64url) of its JCS text without `asOf` and `digest`. The same
 * moment, point and level give the same digest on every instance, whenever it is asked.
 */
export function digested(answer: object): string {
  const text = JSON.stringify(answer);
  return `${text.slice(0, -1)},"digest":"${hash('sha256', canonicalJson(answer), 'base64url')}"}`;
}
