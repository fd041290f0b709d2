import type { Level, Position } from '#event-log';
import type { FeedPlace, ListingFilter, projections } from '#projections';
import type { Reader } from '../access/caller';
import type { FeedQuery } from '../feed/feed-query';

/** A point of the record: a time, or the position that a cursor names. */
export type AsOf = { readonly time: number } | { readonly position: Position };

/** Times are milliseconds since the epoch. `now` is the server's clock when it was asked. */
export interface Moment {
  readonly crisis: string;
  readonly reader: Reader;
  readonly now: number;
  readonly at?: number;
  readonly asOf?: AsOf;
  /** A model version other than the one active then. */
  readonly model?: string;
}

export type ViewName = keyof typeof projections;

export interface ViewQuestion extends Moment {
  readonly view: ViewName;
}

export interface SeriesQuestion extends Moment {
  readonly from: number;
  readonly to: number;
  readonly points: number;
  /** `now`: what we know at `asOf` of every moment; `then`: what was known at each moment. */
  readonly knowledge: 'now' | 'then';
}

export interface BriefingQuestion extends Moment {
  readonly days: number;
  readonly format: 'json' | 'markdown';
}

export interface ReplayQuestion extends Moment {
  /** By the markings in force at `asOf`, not by today's. */
  readonly asShown: boolean;
}

export interface DiffQuestion extends Moment {
  /** The earlier point; `asOf` is the later. Default: the moment itself. */
  readonly asOfA?: AsOf;
}

export interface EventsQuestion extends Omit<ListingFilter, 'level'> {
  readonly reader: Reader;
  /** The filter as text, to which `next` is bound. */
  readonly filter: string;
  readonly format: 'page' | 'lines';
}

export interface CrisesQuestion {
  /** At the level that holds everywhere. */
  readonly reader: Reader;
  /** The crises where the reader is RED. */
  readonly red: readonly string[];
  readonly now: number;
}

export interface FeedQuestion {
  readonly query: FeedQuery;
  readonly after: FeedPlace;
  /** Items a page. */
  readonly limit: number;
}

/** A view as those who follow it get it. */
export interface ViewStateQuestion {
  readonly view: ViewName;
  readonly crisis: string;
  readonly reader: Reader;
  /**
   * Where its time comes from: the clock, what has been recorded since an earlier state, or the passing of time itself.
   */
  readonly moment: { readonly now: number } | { readonly since: number } | { readonly instant: number };
}

export interface SnapshotQuestion {
  readonly query: FeedQuery;
  /** Events after this position, known at `asOf`. */
  readonly after: Position;
  readonly asOf: Position;
}

export type ReadRequest =
  | { readonly kind: 'ready' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'health' }
  | { readonly kind: 'reached'; readonly position: Position }
  | ({ readonly kind: 'view' } & ViewQuestion)
  | ({ readonly kind: 'series' } & SeriesQuestion)
  | ({ readonly kind: 'briefing' } & BriefingQuestion)
  | ({ readonly kind: 'crises' } & CrisesQuestion)
  | ({ readonly kind: 'crisis' } & Moment)
  | ({ readonly kind: 'events' } & EventsQuestion)
  | ({ readonly kind: 'feed' } & FeedQuestion)
  | ({ readonly kind: 'view-state' } & ViewStateQuestion)
  | { readonly kind: 'feed-end'; readonly query: FeedQuery }
  | ({ readonly kind: 'snapshot' } & SnapshotQuestion)
  | ({ readonly kind: 'replay' } & ReplayQuestion)
  | ({ readonly kind: 'diff' } & DiffQuestion)
  | { readonly kind: 'position'; readonly crisis: string; readonly eventId: string; readonly level: Level }
  | { readonly kind: 'hidden'; readonly crisis: string; readonly reader: Reader; readonly before: Position }
  | { readonly kind: 'latest'; readonly crisis: string; readonly level: Level }
  | { readonly kind: 'event'; readonly crisis: string; readonly eventId: string; readonly reader: Reader };

export interface Answered {
  readonly id: number;
  readonly body: string;
  /** Crises of which something RED may stand in the answer, read by a principal that is not the open server's. */
  readonly red?: readonly string[];
}

export interface WorkerSettings {
  readonly dataDir: string;
  readonly tokenKeys: readonly Uint8Array[];
  readonly logId: string;
  readonly epoch: number;
}
