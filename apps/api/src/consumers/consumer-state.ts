import type { Level } from '#event-log';
import { FEED_START, type FeedPlace, isBeyond } from '#projections';

/** What a consumer was made with. */
export interface ConsumerDefinition {
  /** Of whoever made it, at that time: places are those of the feed at this level. */
  readonly level: Level;
  readonly crisis?: string;
  /** As in a request to the feed: comma-separated. */
  readonly type?: string;
  readonly actor?: string;
  /** How often an item is handed out before it is parked. */
  readonly maxAttempts: number;
}

/** An item of the feed by its ids: what it says is read again whenever it is handed out. */
export interface ConsumerItem extends FeedPlace {
  /** Of the CloudEvent. */
  readonly id: string;
  readonly eventId: string;
}

/** Items of one crisis, in order, with one worker until it has acknowledged them or the time is over. */
export interface Lease {
  /** Higher than that of every lease before it: an older one settles nothing. */
  readonly number: number;
  /** Not yet acknowledged; never empty. */
  readonly items: readonly ConsumerItem[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Of a parked item that is to be replayed. */
  readonly isReplay: boolean;
}

/** A crisis that is behind the others: leased, to be retried, or passed by. */
export interface HeldCrisis {
  readonly crisis: string;
  /** Up to here it is done; never beyond the others. */
  readonly done: FeedPlace;
  readonly lease?: Lease;
  /** The next item, if it has been handed out before, and how often. */
  readonly tried?: { readonly id: string; readonly attempts: number };
  /** Milliseconds since the epoch; nothing of the crisis is handed out before. */
  readonly retryAt?: number;
}

/** An item that was given up on; its crisis goes on without it. */
export interface ParkedItem extends ConsumerItem {
  readonly crisis: string;
  /** Milliseconds since the epoch. */
  readonly parkedAt: number;
  readonly attempts: number;
  /** To be handed out again, by itself, before anything else of its crisis. */
  readonly isReplayed: boolean;
}

export interface ConsumerState {
  /** Undefined for one that is not there. */
  readonly definition?: ConsumerDefinition;
  /** Every crisis is done up to here, but for those that are held. */
  readonly at: FeedPlace;
  readonly held: readonly HeldCrisis[];
  /** In the order in which they were parked. */
  readonly parked: readonly ParkedItem[];
  /** Outlives the consumer, so that one made again under its name takes none of its leases. */
  readonly lastLease: number;
}

/** The entries of `crisislog-consumer-…`: ids and places, never what an event says. */
export type ConsumerEntry =
  | { readonly type: 'Made'; readonly definition: ConsumerDefinition; readonly at: FeedPlace }
  | {
      readonly type: 'Leased';
      readonly crisis: string;
      readonly lease: Lease;
      /** Where the others go on; every item up to there is done, or of a crisis that is held. */
      readonly at: FeedPlace;
      /** Crises that were passed on the way, and are held from now on. */
      readonly passed: readonly string[];
    }
  /** Nothing was there up to a place: of this crisis, or of any that is not held. */
  | { readonly type: 'Passed'; readonly crisis?: string; readonly at: FeedPlace }
  | { readonly type: 'Acknowledged'; readonly lease: number; readonly count: number }
  | { readonly type: 'Refused'; readonly lease: number; readonly retryAt: number }
  | { readonly type: 'Parked'; readonly lease: number; readonly parkedAt: number }
  | { readonly type: 'Replayed'; readonly ids: readonly string[] }
  /** A parked item that its reader may no longer see. */
  | { readonly type: 'Forgotten'; readonly id: string }
  | { readonly type: 'Removed' }
  /** The whole state, so that earlier entries may be forgotten. */
  | { readonly type: 'State'; readonly state: ConsumerState };

type Entry<Type extends ConsumerEntry['type']> = Extract<ConsumerEntry, { type: Type }>;

export const NO_CONSUMER: ConsumerState = { at: FEED_START, held: [], parked: [], lastLease: 0 };

/** The state after one entry more. Pure; an entry was decided on the very state that it follows. */
export function applied(state: ConsumerState, entry: ConsumerEntry): ConsumerState {
  switch (entry.type) {
    case 'Made':
      return { ...NO_CONSUMER, lastLease: state.lastLease, definition: entry.definition, at: entry.at };
    case 'Removed':
      return { ...NO_CONSUMER, lastLease: state.lastLease };
    case 'State':
      return entry.state;
    case 'Leased':
      return leased(state, entry);
    case 'Passed':
      return passed(state, entry);
    case 'Acknowledged':
      return acknowledged(state, entry);
    case 'Refused': {
      const { lease: _lease, ...held } = heldBy(state, entry.lease)!;
      return withHeld(state, { ...held, retryAt: entry.retryAt });
    }
    case 'Parked':
      return parked(state, entry);
    case 'Replayed':
      return mapParked(state, (item) =>
        entry.ids.includes(item.id) ? { ...item, isReplayed: true, attempts: 0 } : item,
      );
    case 'Forgotten':
      return { ...state, parked: state.parked.filter(({ id }) => id !== entry.id) };
  }
}

/** The crisis that is out under a lease; undefined where that lease has ended. */
export const heldBy = ({ held }: ConsumerState, lease: number): (HeldCrisis & { lease: Lease }) | undefined =>
  held.find((its): its is HeldCrisis & { lease: Lease } => its.lease?.number === lease);

function leased(state: ConsumerState, { crisis, lease, at, passed }: Entry<'Leased'>): ConsumerState {
  const known = new Set(state.held.map((its) => its.crisis));
  const fresh = [crisis, ...passed].filter((name) => !known.has(name)).map((crisis) => ({ crisis, done: state.at }));
  const next = { ...state, held: [...state.held, ...fresh], at: later(state.at, at), lastLease: lease.number };
  const { retryAt: _retryAt, ...held } = next.held.find((its): boolean => its.crisis === crisis)! as HeldCrisis;
  const [{ id }] = lease.items as readonly [ConsumerItem];
  if (lease.isReplay)
    return mapParked(withHeld(next, { ...held, lease }), (item) =>
      item.id === id ? { ...item, attempts: item.attempts + 1 } : item,
    );
  const attempts = held.tried?.id === id ? held.tried.attempts + 1 : 1;
  return withHeld(next, { ...held, lease, tried: { id, attempts } });
}

function passed(state: ConsumerState, { crisis, at }: Entry<'Passed'>): ConsumerState {
  if (crisis === undefined) return { ...state, at: later(state.at, at) };
  return withHeld(state, { crisis, done: earlier(at, state.at) });
}

function acknowledged(state: ConsumerState, entry: Entry<'Acknowledged'>): ConsumerState {
  const { lease, tried: _tried, ...held } = heldBy(state, entry.lease)!;
  const { id, position, index } = lease.items[entry.count - 1]!;
  if (lease.isReplay) return applied(withoutLease(state, entry.lease), { type: 'Forgotten', id });
  const items = lease.items.slice(entry.count);
  const [next] = items;
  const done = { position, index };
  return withHeld(
    state,
    next
      ? { ...held, done, lease: { ...lease, items }, tried: { id: next.id, attempts: 1 } }
      : { crisis: held.crisis, done },
  );
}

function parked(state: ConsumerState, { lease: number, parkedAt }: Entry<'Parked'>): ConsumerState {
  const { crisis, lease, tried } = heldBy(state, number)!;
  const [item] = lease.items as readonly [ConsumerItem];
  if (lease.isReplay)
    return mapParked(withoutLease(state, number), (its) => (its.id === item.id ? { ...its, isReplayed: false } : its));
  const { position, index } = item;
  const next = { ...item, crisis, parkedAt, attempts: tried!.attempts, isReplayed: false };
  return withHeld({ ...state, parked: [...state.parked, next] }, { crisis, done: { position, index } });
}

function withoutLease(state: ConsumerState, number: number): ConsumerState {
  const { lease: _lease, ...held } = heldBy(state, number)!;
  return withHeld(state, held);
}

/** A crisis that has caught up with the others, with nothing pending, is held no longer. */
function withHeld(state: ConsumerState, crisis: HeldCrisis): ConsumerState {
  const isHeld = crisis.lease !== undefined || crisis.tried !== undefined || isBeyond(state.at, crisis.done);
  const held = isHeld
    ? state.held.map((its) => (its.crisis === crisis.crisis ? crisis : its))
    : state.held.filter((its) => its.crisis !== crisis.crisis);
  return { ...state, held };
}

const mapParked = (state: ConsumerState, change: (item: ParkedItem) => ParkedItem): ConsumerState => ({
  ...state,
  parked: state.parked.map(change),
});

const later = (one: FeedPlace, other: FeedPlace): FeedPlace => (isBeyond(one, other) ? one : other);
const earlier = (one: FeedPlace, other: FeedPlace): FeedPlace => (isBeyond(one, other) ? other : one);
