import { streamOf } from '#event-log';
import { CrisisFold, projections } from '#projections';
import { digested } from '../views/answer-view';
import type { ReadContext } from '../view-worker/read-context';
import type { ReplayQuestion, ViewName } from '../view-worker/read-request';
import { asOfOf, type Folded, knownAt, type Scene, sceneIn, sceneOf, situationIn, timesOf } from '../views/scene';
import { MINUTE_MS, textOfMinute } from '../views/time';
import { lastShown } from './last-shown';

const VIEWS = Object.keys(projections) as ViewName[];

/**
 * Every view as it stood at a point of the record: the same functions over the same events, so with the same digests as
 * the answers given then. As shown: with the markings that were in force then, where one was changed since.
 */
export function answerReplay(context: ReadContext, question: ReplayQuestion): string {
  const scene = question.asShown ? sceneAsShown(context, question) : sceneOf(context, question);
  const { crisis, level, at } = scene;
  const situation = situationIn(scene);
  const views = VIEWS.map(
    (view) => `"${view}":${digested({ crisisId: crisis, ...projections[view].view(situation) })}`,
  );
  const head = {
    crisisId: crisis,
    level,
    asShown: question.asShown,
    at: textOfMinute(at),
    asOf: asOfOf(context, scene),
  };
  return `${JSON.stringify(head).slice(0, -1)},"views":{${views.join(',')}}}`;
}

function sceneAsShown(context: ReadContext, question: ReplayQuestion): Scene<Folded> {
  const { crisis, asOf, reader } = question;
  const { log, store } = context;
  const known = knownAt(log, asOf);
  const types = ['MarkingChanged'];
  const changed = store.listing.find({ crisis, level: 'RED', types, after: known, limit: 1 });
  if (changed.length === 0) return sceneOf(context, question);
  // As the record stood then: its events folded again, up to there.
  const stream = streamOf(crisis);
  const last = lastShown(log, stream, known, reader.level);
  const fold = new CrisisFold(log, stream, timesOf(log, last, question).at / MINUTE_MS);
  const maxCount = log.revisionAt(stream, known) + 1;
  for (const event of log.readStream(stream, { maxCount })) fold.add(event);
  return sceneIn(log, fold, last, question);
}
