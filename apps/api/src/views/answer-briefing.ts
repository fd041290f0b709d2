import {
  type Briefing,
  briefingMarkdown,
  briefingOf,
  type Content,
  type EventOnRecord,
  reportTypeOf,
  type Situation,
} from '#projections';
import { wireEvent } from '../view-worker/wire-event';
import { digested } from './answer-view';
import { DAY_MS, MINUTE_MS } from './time';
import type { ReadContext } from '../view-worker/read-context';
import type { BriefingQuestion } from '../view-worker/read-request';
import { asOfOf, type Scene, sceneOf, situationIn } from './scene';

/** Of amendments, and of changes of the frame, only this many, the latest, are looked at. */
const MAX_LOOKED_AT = 500;
const EVERY = 2 ** 31 - 1;

/** The briefing as JSON, or as Markdown with the digest of that JSON. */
export function answerBriefing(context: ReadContext, question: BriefingQuestion): string {
  const scene = sceneOf(context, question);
  const { asOf, at, level, model, memory } = scene;
  const body = memory.cached(`briefing ${question.days} ${asOf} ${at} ${level} ${model}`, () =>
    digested(briefingIn(context, scene, question)),
  );
  const evidence = asOfOf(context, scene);
  if (question.format === 'json') return `{"asOf":${JSON.stringify(evidence)},${body.slice(1)}`;
  const briefing = JSON.parse(body) as Briefing & { digest: string };
  return briefingMarkdown(briefing, { ...evidence, digest: briefing.digest });
}

function briefingIn(context: ReadContext, scene: Scene, { days, reader }: BriefingQuestion): Briefing {
  const { crisis, memory, asOf, at, levelIndex } = scene;
  const from = at - days * DAY_MS;
  const knownBefore = Math.min(context.log.positionKnownAt(from), asOf);
  return briefingOf({
    crisisId: crisis,
    days,
    now: situationIn(scene),
    events: memory.effectiveEvents(asOf, levelIndex, at / MINUTE_MS),
    before: situationIn(scene, from),
    believed: believedAt(context, scene, from, knownBefore),
    knownBefore,
    amendments: idsOf(context, scene, ['EventCorrected', 'EventRetracted'], knownBefore),
    frameChanges: idsOf(context, scene, ['CrisisAmended'], -1),
    onRecord: (eventId) => onRecord(context, scene, eventId, reader),
  });
}

/** A moment as it was known at a position; null when the crisis was not known then. */
function believedAt(context: ReadContext, scene: Scene, at: number, position: number): Situation | null {
  const last = context.store.listing.lastVisible(scene.crisis, position, scene.level);
  const frame = last < 0 ? undefined : scene.memory.frameAt(last, scene.levelIndex, at / MINUTE_MS);
  return frame === undefined ? null : situationIn(scene, at, last);
}

/** Ids of events of these types that the reader sees, recorded after a position, in order. */
function idsOf({ store, log }: ReadContext, scene: Scene, types: readonly string[], after: number): string[] {
  const { crisis, level, asOf } = scene;
  return store.listing
    .find({ crisis, level, types, after, limit: EVERY })
    .filter((position) => position <= asOf)
    .slice(-MAX_LOOKED_AT)
    .map((position) => log.at(position)!.id);
}

function onRecord(
  { store, log }: ReadContext,
  { crisis, level, levelIndex, asOf, memory }: Scene,
  eventId: string,
  reader: BriefingQuestion['reader'],
): EventOnRecord | undefined {
  const position = store.listing.positionOf(crisis, eventId, level);
  if (position === undefined || position > asOf) return undefined;
  const contentAt = (place: number): Content =>
    wireEvent(log.at(place)!, store.listing.levelAt(place), reader) as unknown as Content;
  const sent = contentAt(position);
  return {
    marking: store.listing.levelAt(position),
    recordedAt: new Date(log.at(position)!.recordedAt).toISOString(),
    sent,
    inForce: reportTypeOf(sent.type) !== undefined ? inForce() : sent,
  };

  function inForce(): Content | null {
    const source = memory.versionOf(position!, asOf, levelIndex)?.source;
    if (source === undefined) return null;
    return source === position ? sent : (contentAt(source).data as { content: Content }).content;
  }
}
