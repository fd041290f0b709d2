import { LEVELS, type Level, type LogReader, type Position } from '#event-log';
import {
  type CrisisMemory,
  type Frame,
  type LevelIndex,
  modelOf,
  Moment as ModelMoment,
  type Situation,
} from '#projections';
import { Problem } from '../http/problem';
import type { ReadContext } from '../view-worker/read-context';
import type { AsOf, Moment } from '../view-worker/read-request';
import { floorToMinute, MINUTE_MS } from './time';

/** What the views of a crisis are computed from: the memory of it, or a fold made for one question. */
export type Folded = Pick<CrisisMemory, 'frameAt' | 'effectiveEvents'>;

/** A question about a crisis with everything decided: which events, seen at which level, at what moment. */
export interface Scene<Memory extends Folded = CrisisMemory> {
  readonly crisis: string;
  readonly level: Level;
  readonly levelIndex: LevelIndex;
  readonly memory: Memory;
  /** The last event of the crisis that the reader sees and that was known: hidden events do not move it. */
  readonly asOf: Position;
  /** Milliseconds: the time asked for, else when the event at `asOf` was recorded. */
  readonly asOfTime: number;
  /** Milliseconds, a whole minute. */
  readonly at: number;
  readonly frame: Frame;
  readonly model: string | undefined;
}

export function sceneOf(context: ReadContext, moment: Moment): Scene {
  const { crisis, reader, asOf } = moment;
  const { log, store } = context;
  requireCrisis(context, crisis, reader.level, log.head());
  const memory = context.projector.memory(crisis);
  return sceneIn(log, memory, store.listing.lastVisible(crisis, knownAt(log, asOf), reader.level), moment);
}

/** The last position known at a point of the record. */
export const knownAt = (log: LogReader, asOf: AsOf | undefined): Position =>
  asOf === undefined ? log.head() : 'time' in asOf ? log.positionKnownAt(asOf.time) : asOf.position;

/** @param last the last event that the reader sees of what was known then */
export function sceneIn<Memory extends Folded>(
  log: LogReader,
  memory: Memory,
  last: Position,
  moment: Moment,
): Scene<Memory> {
  const { crisis, reader, model } = moment;
  const { level } = reader;
  const { asOfTime, at } = timesOf(log, last, moment);
  const levelIndex = LEVELS.indexOf(level);
  const minute = at / MINUTE_MS;
  const frame = last < 0 ? undefined : memory.frameAt(last, levelIndex, minute);
  if (!frame) {
    // An opening that cannot be read parks its crisis, as any other event does.
    if (last >= 0) memory.effectiveEvents(last, levelIndex, minute);
    throw notYetKnown(crisis);
  }
  return { crisis, level, levelIndex, memory, asOf: last, asOfTime, at, frame, model };
}

/** `asOfTime` and `at`, as in `Scene`. */
export function timesOf(log: LogReader, last: Position, { now, at, asOf }: Moment): { asOfTime: number; at: number } {
  const asOfTime = asOf !== undefined && 'time' in asOf ? asOf.time : last < 0 ? now : log.at(last)!.recordedAt;
  // Of a time still to come we know what we know now; a cursor's moment stays, or it could not be repeated exactly.
  const isFuture = asOf === undefined || ('time' in asOf && asOf.time > now);
  return { asOfTime, at: at ?? floorToMinute(isFuture ? now : asOfTime) };
}

/** What the views of a scene are made from; or of the same crisis at another moment or point of the record. */
export function situationIn(scene: Scene<Folded>, at: number = scene.at, asOf: Position = scene.asOf): Situation {
  const minute = at / MINUTE_MS;
  const frame = scene.memory.frameAt(asOf, scene.levelIndex, minute);
  if (!frame) throw notYetKnown(scene.crisis);
  return modelOf(frame, scene.model).situationOf(
    frame,
    scene.memory.effectiveEvents(asOf, scene.levelIndex, minute),
    ModelMoment.of(minute),
  );
}

const notYetKnown = (crisis: string): Problem =>
  new Problem('not-yet-known', `The crisis ${crisis} was not yet known then.`, { crisisId: crisis });

/** @throws Problem 404, also for a crisis whose opening the reader may not see */
export function requireCrisis({ store }: ReadContext, crisis: string, level: Level, head: Position): void {
  const opened = store.listing.openingOf(crisis, level);
  if (opened === undefined || opened > head)
    throw new Problem('crisis-not-found', `There is no crisis ${crisis}.`, { crisisId: crisis });
}

/** The point of the record that an answer rests on, as the reader may know it: its last visible event. */
export const asOfOf = (context: ReadContext, scene: Scene<Folded>): { time: string; cursor: string } => ({
  time: new Date(scene.asOfTime).toISOString(),
  cursor: pointToken(context, scene.asOf, scene.level),
});

export const pointToken = (context: ReadContext, position: Position, level: Level): string =>
  context.tokens.seal({ kind: 'point', position, index: 0, level, filter: '' });
