import { type FeedPlace, isBeyond } from '#projections';
import type { FeedItem } from '../feed/feed-item';
import {
  type ConsumerEntry,
  type ConsumerItem,
  type ConsumerState,
  heldBy,
  type HeldCrisis,
  type ParkedItem,
} from './consumer-state';

/** Items looked at to find the next crisis that has something. */
const PAGE = 200;
// With these three a full state stays below the 1 MiB of an append to EventStoreDB.
/** Crises held at a time; while there are this many, no further one is begun. */
const MAX_HELD = 500;
/** Items under lease at a time; past that, only single ones are handed out. */
const MAX_LEASED = 1000;
/** Parked items kept; past that a crisis waits, so that none is lost. */
export const MAX_PARKED = 1000;

/** The part of the feed that may hold what a worker gets next. */
export interface FeedStep {
  /** Of one crisis that is held; else of all. */
  readonly crisis?: string;
  readonly after: FeedPlace;
  readonly limit: number;
  readonly replay?: ParkedItem;
}

/** What the feed had there. */
export interface FeedPart {
  readonly items: readonly (Pick<FeedItem, 'id' | 'eventId' | 'crisis'> & FeedPlace)[];
  readonly at: FeedPlace;
  readonly caughtUp: boolean;
}

/** Parks an item whose last attempt ran out of time, before anything is handed out; undefined when there is none. */
export function overdue(state: ConsumerState, now: number): ConsumerEntry | undefined {
  const given = state.held.find(
    ({ lease, ...held }) => lease && isOver(lease, now) && isLast(state, { ...held, lease }),
  );
  return given && { type: 'Parked', lease: given.lease!.number, parkedAt: now };
}

/** How many items a lease may take. */
export function roomFor({ held }: ConsumerState, limit: number): number {
  const leased = held.reduce((sum, { lease }) => sum + (lease?.items.length ?? 0), 0);
  return Math.max(1, Math.min(limit, MAX_LEASED - leased));
}

/** Where to look next: first at crises already begun, then at new ones. Undefined when too many are held already. */
export function nextStep(state: ConsumerState, now: number, limit: number): FeedStep | undefined {
  const busy = new Set(state.held.filter((held) => isBusy(held, now)).map(({ crisis }) => crisis));
  const replay = state.parked.find(({ isReplayed, crisis }) => isReplayed && !busy.has(crisis));
  if (replay) {
    const { crisis, position, index } = replay;
    return { crisis, after: { position, index: index - 1 }, limit: 1, replay };
  }
  const ready = state.held.find(({ crisis }) => !busy.has(crisis));
  // What failed comes alone, so that only what is at fault is parked.
  if (ready) return { crisis: ready.crisis, after: ready.done, limit: ready.tried ? 1 : limit };
  return state.held.length < MAX_HELD ? { after: state.at, limit: PAGE } : undefined;
}

/** What was found becomes a lease; undefined when there is nothing to hand out. */
export function takenFrom(
  state: ConsumerState,
  step: FeedStep,
  part: FeedPart,
  { limit, expiresAt }: { readonly limit: number; readonly expiresAt: number },
): ConsumerEntry | undefined {
  const leaseOf = (items: readonly ConsumerItem[]) => ({
    number: state.lastLease + 1,
    items: items.map(({ position, index, id, eventId }) => ({ position, index, id, eventId })),
    expiresAt,
    isReplay: step.replay !== undefined,
  });
  if (step.replay) {
    const { crisis, id } = step.replay;
    const again = part.items.filter((item) => item.id === id);
    if (again.length === 0) return { type: 'Forgotten', id };
    return { type: 'Leased', crisis, lease: leaseOf(again), at: state.at, passed: [] };
  }
  if (step.crisis !== undefined) {
    const { crisis } = step;
    const items = part.items.filter((item) => !isBeyond(item, state.at));
    if (items.length > 0) return { type: 'Leased', crisis, lease: leaseOf(items), at: state.at, passed: [] };
    return { type: 'Passed', crisis, at: part.items.length > 0 || part.caughtUp ? state.at : part.at };
  }
  const held = new Set(state.held.map(({ crisis }) => crisis));
  const crisis = part.items.find((item) => !held.has(item.crisis))?.crisis;
  if (crisis === undefined)
    return part.items.length === 0 && part.caughtUp ? undefined : { type: 'Passed', at: part.at };
  const items = part.items.filter((item) => item.crisis === crisis).slice(0, limit);
  const { position, index } = items.at(-1)!;
  const at = { position, index };
  const before = part.items.filter((item) => !isBeyond(item, at)).map((item) => item.crisis);
  const passed = [...new Set(before)].filter((name) => name !== crisis && !held.has(name));
  return { type: 'Leased', crisis, lease: leaseOf(items), at, passed };
}

/** When something held now may be handed out again; Infinity when that depends on an append or a worker. */
export const nextDueAt = ({ held }: ConsumerState, now: number): number =>
  Math.min(
    Infinity,
    ...held.map(({ lease, retryAt = 0 }) => lease?.expiresAt ?? retryAt).filter((dueAt) => dueAt > now),
  );

/** Everything of a lease up to an item is done. Undefined when the lease has ended, or never had the item. */
export function acknowledge(state: ConsumerState, lease: number, through?: string): ConsumerEntry | undefined {
  const items = heldBy(state, lease)?.lease.items ?? [];
  const count = through === undefined ? items.length : items.findIndex(({ id }) => id === through) + 1;
  return count === 0 ? undefined : { type: 'Acknowledged', lease, count };
}

/**
 * The first item of a lease that is not acknowledged failed; what follows it goes back with it. Undefined when the
 * lease has ended.
 */
export function refuse(
  state: ConsumerState,
  lease: number,
  { now, delayMs }: { readonly now: number; readonly delayMs: (attempts: number) => number },
): ConsumerEntry | undefined {
  const held = heldBy(state, lease);
  if (!held) return undefined;
  if (held.lease.isReplay || isLast(state, held)) return { type: 'Parked', lease, parkedAt: now };
  return { type: 'Refused', lease, retryAt: now + delayMs(held.tried!.attempts) };
}

/** Parked items to be handed out again: those, or all. */
export function replay({ parked }: ConsumerState, ids: readonly string[] | undefined): ConsumerEntry | undefined {
  const wanted = parked.filter(({ id, isReplayed }) => !isReplayed && (ids?.includes(id) ?? true)).map(({ id }) => id);
  return wanted.length === 0 ? undefined : { type: 'Replayed', ids: wanted };
}

const isOver = ({ expiresAt }: { readonly expiresAt: number }, now: number): boolean => expiresAt <= now;

const isBusy = ({ lease, retryAt = 0 }: HeldCrisis, now: number): boolean =>
  lease ? !isOver(lease, now) : retryAt > now;

function isLast({ definition, parked }: ConsumerState, { lease, tried }: HeldCrisis): boolean {
  const attempts = lease!.isReplay ? parked.find(({ id }) => id === lease!.items[0]!.id)!.attempts : tried!.attempts;
  return attempts >= definition!.maxAttempts && (lease!.isReplay || parked.length < MAX_PARKED);
}
