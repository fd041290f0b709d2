import { type Frame, projections, type Situation } from '#projections';
import type { ReadContext } from '../view-worker/read-context';
import type { Reader } from '../access/caller';
import type { CrisesQuestion, Moment } from '../view-worker/read-request';
import { asOfOf, sceneOf, situationIn } from '../views/scene';
import { floorToMinute, MINUTE_MS, textOfMinute } from '../views/time';
import { toProblem } from '../http/to-problem';

/** Every crisis that the reader may know of, each seen at the reader's level in it. */
export function answerCrises(context: ReadContext, { reader, red, now }: CrisesQuestion): string {
  const { listing } = context.store;
  const cleared: Reader = { ...reader, level: 'RED' };
  const named = new Set([...listing.crises(reader.level), ...listing.crises('RED').filter((id) => red.includes(id))]);
  const crises = [...named]
    .sort()
    .map((crisis) => line(context, { crisis, reader: red.includes(crisis) ? cleared : reader, now }));
  return JSON.stringify({ at: textOfMinute(floorToMinute(now)), crises });
}

/** A crisis whose views are parked is listed too, as far as it can be read, with the problem. */
function line(context: ReadContext, moment: Moment): object {
  const crisisId = moment.crisis;
  let its: object = { crisisId, title: null, openedAt: null, closed: null };
  try {
    const scene = sceneOf(context, moment);
    const { title, openedAt, closed } = scene.frame;
    its = { crisisId, title, openedAt, closed };
    const situation = situationIn(scene);
    const { window, channels } = projections.status.view(situation);
    return {
      ...its,
      ...summaryOf(situation),
      window: window.state,
      activeChannels: channels.filter(({ state }) => state === 'active').length,
    };
  } catch (error) {
    return { ...its, problem: toProblem(error, '') };
  }
}

/** The gauges in one line. */
function summaryOf(situation: Situation): object {
  const { risk, band, diplomacyGauge, escalation, diplomacy, omega, outpaces } = projections.risk.view(situation);
  return { risk, band, diplomacyGauge, escalation: escalation.stock, diplomacy: diplomacy.stock, omega, outpaces };
}

export function answerCrisis(context: ReadContext, moment: Moment): string {
  const scene = sceneOf(context, moment);
  const { listing } = context.store;
  return JSON.stringify({
    crisisId: scene.crisis,
    at: textOfMinute(scene.at),
    asOf: asOfOf(context, scene),
    marking: listing.levelAt(listing.positionOf(scene.crisis, scene.frame.eventId, scene.level)!),
    ...frameOf(scene.frame),
  });
}

/** The lists in force at the moment, and when they changed. */
function frameOf({ chapters, ...frame }: Frame): object {
  const { from: _from, ...lists } = chapters.at(-1)!;
  return {
    ...frame,
    ...lists,
    amendedAt: chapters.slice(1).map(({ from }) => textOfMinute(from * MINUTE_MS)),
  };
}
