import { Projector, projections, ViewStore } from '#projections';
import { streamOf } from '../http/crisis-id';
import { digested } from '../views/answer-view';
import type { ReadContext } from '../views/read-context';
import type { ReplayQuestion, ViewName } from '../views/read-request';
import { asOfOf, type Scene, sceneOf, situationIn } from '../views/situate';
import { textOfMinute } from '../views/time';

const VIEWS = Object.keys(projections) as ViewName[];
const EVERY = 2 ** 31 - 1;

/**
 * Every view as it stood at a point of the record: the same functions over the same events, so with the same digests as
 * the answers given then. As shown: with the markings that were in force then, where one was changed since.
 */
export function answerReplay(context: ReadContext, question: ReplayQuestion): string {
  const scene = question.asShown ? sceneAsShown(context, question) : sceneOf(context, question);
  const views = VIEWS.map(
    (view) => `"${view}":${digested({ crisisId: scene.crisis, ...projections[view].view(situationIn(scene)) })}`,
  );
  const { crisis, level, at } = scene;
  const head = {
    crisisId: crisis,
    level,
    asShown: question.asShown,
    at: textOfMinute(at),
    asOf: asOfOf(context, scene),
  };
  return `${JSON.stringify(head).slice(0, -1)},"views":{${views.join(',')}}}`;
}

function sceneAsShown(context: ReadContext, question: ReplayQuestion): Scene {
  const { crisis, asOf } = question;
  const { log, store } = context;
  const known = asOf === undefined ? log.head() : 'time' in asOf ? log.positionKnownAt(asOf.time) : asOf.position;
  const changed = store.listing.find({ crisis, level: 'RED', types: ['MarkingChanged'], after: known, limit: 1 });
  return sceneOf(changed.length === 0 ? context : contextUpTo(context, crisis, known), question);
}

/** The crisis as it was when the record ended at this position: its events folded again, up to there. */
function contextUpTo(context: ReadContext, crisis: string, position: number): ReadContext {
  const { log } = context;
  const store = ViewStore.inMemory('');
  const projector = new Projector(log, store);
  const maxCount = log.revisionAt(streamOf(crisis), position) + 1;
  if (maxCount > 0) projector.fold([...log.readStream(streamOf(crisis), { maxCount: Math.min(maxCount, EVERY) })]);
  return { ...context, store, projector };
}
