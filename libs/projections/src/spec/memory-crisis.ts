import { unamendedHistory, type History } from '../amendments';
import { applyEvent, selectEvents, type EffectiveVersion, type Histories } from '../effective-events';
import { frameAt, frameEventOf, type Frame, type FrameEvent, type LevelIndex, type RecordedEvent } from '../frame';
import { Moment } from '../instant';
import { modelOf } from '../models';
import { projections } from '../index';
import { relevantOf } from '../relevant';
import type { Situation } from '../situation';
import { codes } from './recorded-events';

/** One crisis folded event by event, as a store would keep it, in memory. */
export class MemoryCrisis implements Histories {
  readonly frameEvents: FrameEvent[] = [];
  private readonly rows = new Map<number, readonly EffectiveVersion[]>();
  private readonly histories = new Map<string, History>();
  private readonly roots = new Map<string, string>();

  constructor(events: readonly RecordedEvent[]) {
    for (const event of events) this.apply(event);
  }

  /** The same crisis from what a store would have written: versions, frame events, and histories of amended originals. */
  static resume(stored: MemoryCrisis): MemoryCrisis {
    const { rows, frameEvents, histories, roots } = JSON.parse(
      JSON.stringify({
        rows: [...stored.rows],
        frameEvents: stored.frameEvents,
        histories: [...stored.histories].filter(([, { amendments }]) => amendments.length > 0),
        roots: [...stored.roots],
      }),
    ) as { rows: []; frameEvents: []; histories: []; roots: [] };
    const resumed = new MemoryCrisis([]);
    resumed.frameEvents.push(...frameEvents);
    for (const [position, versions] of rows as [number, EffectiveVersion[]][]) resumed.rows.set(position, versions);
    for (const [root, history] of histories as [string, History][]) resumed.histories.set(root, history);
    for (const [id, root] of roots as [string, string][]) resumed.roots.set(id, root);
    return resumed;
  }

  apply(event: RecordedEvent): void {
    const framed = frameEventOf(event);
    if (framed !== undefined) this.frameEvents.push(framed);
    const change = applyEvent(event, this, codes);
    if (change === undefined) return;
    const { history, versions } = change;
    const root = history.original.eventId;
    if (history.amendments.length > 0) this.histories.set(root, history);
    this.roots.set(event.id, root);
    this.rows.set(history.original.position, versions);
  }

  historyOf(eventId: string): History | undefined {
    const root = this.roots.get(eventId);
    if (root === undefined) return undefined;
    return this.histories.get(root) ?? unamendedHistory(this.unamended(root));
  }

  private unamended(eventId: string): EffectiveVersion {
    return this.versions.find((version) => version.eventId === eventId)!;
  }

  get versions(): EffectiveVersion[] {
    return [...this.rows.values()].flat();
  }

  frame(asOf: number, level: LevelIndex, at: Moment): Frame {
    return frameAt(this.frameEvents, asOf, level, at.minute)!;
  }

  situation(at: Moment, asOf: number = Infinity, level: LevelIndex = 4): Situation {
    const frame = this.frame(asOf, level, at);
    const events = selectEvents(this.versions, asOf, level, at.minute);
    return modelOf(frame).situationOf(frame, relevantOf(events, at.minute), at);
  }

  view(at: Moment, asOf?: number, level?: LevelIndex): Record<string, unknown> {
    return viewsOf(this.situation(at, asOf, level));
  }
}

/** All views in one object, as the worked examples print risk and status; of two fields of one name, these. */
export const viewsOf = (situation: Situation): Record<string, unknown> =>
  Object.assign(
    {},
    ...Object.values(projections)
      .toReversed()
      .map(({ view }) => view(situation)),
  ) as Record<string, unknown>;
