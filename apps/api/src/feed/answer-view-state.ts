import { LEVELS } from '#event-log';
import { answerView } from '../views/answer-view';
import type { ReadContext } from '../view-worker/read-context';
import type { ViewStateQuestion } from '../view-worker/read-request';
import { sceneOf } from '../views/scene';
import { floorToMinute, MINUTE_MS } from '../views/time';

/** The first line of an answer, before the view itself. Times in milliseconds since the epoch. */
export interface ViewStateHead {
  readonly at: number;
  /** When the passing of time may next change it. */
  readonly nextAt: number | null;
  readonly digest: string;
}

/**
 * A view for those who follow it. After an event its time is that of the last event the reader sees, never before the
 * state it follows; so it depends on the record alone, and every instance shows the same states.
 */
export function answerViewState(context: ReadContext, { view, crisis, reader, moment }: ViewStateQuestion): string {
  const now = 'now' in moment ? moment.now : 'instant' in moment ? moment.instant : moment.since;
  const { asOf, memory } = sceneOf(context, { crisis, reader, now, at: floorToMinute(now) });
  const recordedAt = context.log.at(asOf)!.recordedAt;
  const at = floorToMinute('since' in moment ? Math.max(moment.since, recordedAt) : now);
  const body = answerView(context, { view, crisis, reader, now: at, at });
  const { nextChangeAt, digest } = JSON.parse(body) as { nextChangeAt: string | null; digest: string };
  const minute = memory.nextInstant(asOf, LEVELS.indexOf(reader.level), at / MINUTE_MS);
  const nextAt = Math.min(Date.parse(nextChangeAt ?? '') || Infinity, (minute ?? Infinity) * MINUTE_MS);
  const head: ViewStateHead = { at, nextAt: nextAt === Infinity ? null : nextAt, digest };
  return `${JSON.stringify(head)}\n${body}`;
}
