import { FORGOTTEN_AFTER_WEEKS, ageHours, contribution } from './decay';
import { inOrder } from './effective-events';
import { bySpeaker, type Incident, type IncidentListener } from './incidents';
import { DAY, WEEK, type Minute } from './instant';
import type { Pair } from './parties';

/** One ordered pair, one sign, one UTC day (or, of states, one code): only the greatest weight in it counts. */
interface Slot {
  readonly contenders: Incident[];
  winner: Incident | undefined;
}

/**
 * An incident's part in the contest; kept on the incident, since a map of a million of them would cost more than the
 * rest.
 */
export interface Entry {
  /** One for each of the speaker's pairs. */
  readonly slots: readonly Slot[];
  wins: number;
  /** Index among the winners. */
  place: number;
}

/** The winners of one sign: what a stock is the sum of. */
export class Winners {
  private readonly list: Incident[] = [];

  get all(): readonly Incident[] {
    return this.list;
  }

  /**
   * E or D at a moment not before the last instant added: the sum of what is left of every winner, in 1 / (80 * 2^26)
   * points.
   */
  stock(at: Minute): number {
    let sum = 0;
    for (const incident of this.list) sum += remaining(incident, at);
    return sum;
  }

  /** The stock as a function of time while nothing enters or leaves, for asking about many moments. */
  stockOverTime(): (at: Minute) => number {
    const { list } = this;
    const [from, weights] = [new Float64Array(list.length), new Float64Array(list.length)];
    // Filled by hand: a look ahead asks for this between any two instants, and `from` takes five times as long.
    for (let i = 0; i < list.length; i++) {
      from[i] = list[i]!.ageFrom();
      weights[i] = Math.abs(list[i]!.speaker.weight);
    }
    return (at) => {
      let sum = 0;
      for (let i = 0; i < weights.length; i++)
        sum += contribution(weights[i]!, from[i]! >= at ? 0 : ageHours(from[i]!, at));
      return sum;
    };
  }

  add(incident: Incident): void {
    incident.entry!.place = this.list.push(incident) - 1;
  }

  remove(incident: Incident): void {
    const { place } = incident.entry!;
    const last = this.list.pop()!;
    if (last === incident) return;
    this.list[place] = last;
    last.entry!.place = place;
  }
}

/** What is left at `at` of an incident's weight; a state that lasts has age 0. */
export function remaining(incident: Incident, at: Minute): number {
  const from = incident.ageFrom();
  return contribution(Math.abs(incident.speaker.weight), from >= at ? 0 : ageHours(from, at));
}

const beats = (a: Incident, b: Incident): boolean => {
  const heavier = Math.abs(a.speaker.weight) - Math.abs(b.speaker.weight);
  return heavier > 0 || (heavier === 0 && inOrder(a.speaker.version, b.speaker.version) < 0);
};

const DAYS_PER_PAIR = 2 ** 24; // more than the days of the years 1900 to 9999

/**
 * Section 3 of the model: the daily extremes. Volume of reporting is not risk, so of all that one member did to
 * another on one day only the greatest weight of each sign counts. Incidents may enter and leave in any order.
 */
export class Extremes implements IncidentListener {
  readonly escalating = new Winners();
  readonly relieving = new Winners();
  private readonly days = new Map<number, Slot>();
  private readonly states = new Map<string, Slot>();

  /** Incidents that began and ended before `since` weigh nothing any more and are not kept. */
  constructor(private readonly since: Minute) {}

  enter(incident: Incident): void {
    const { weight, facts } = incident.speaker;
    if (weight === 0 || (!facts.state && facts.instant < this.since)) return;
    incident.entry = { slots: this.slotsOf(incident), wins: 0, place: -1 };
    for (const slot of incident.entry.slots) {
      slot.contenders.push(incident);
      if (slot.winner === undefined || beats(incident, slot.winner)) this.crown(slot, incident);
    }
  }

  leave(incident: Incident): void {
    if (incident.entry === undefined) return;
    for (const slot of incident.entry.slots) {
      slot.contenders.splice(slot.contenders.indexOf(incident), 1);
      if (slot.winner === incident) this.crown(slot, slot.contenders.reduce<Incident | undefined>(better, undefined));
    }
    incident.entry = undefined;
  }

  /** The ordered pairs for which an incident has won. */
  wonPairs(incident: Incident): Pair[] {
    const { slots } = incident.entry!;
    return incident.speaker.reach.pairs.filter((_, i) => slots[i]!.winner === incident);
  }

  /** The losers, in order, of the slots that an incident won, as far as they win nowhere. */
  losersBehind(incident: Incident): Incident[] {
    const losers = new Set<Incident>();
    for (const slot of incident.entry!.slots)
      if (slot.winner === incident) for (const other of slot.contenders) if (other.entry!.wins === 0) losers.add(other);
    return [...losers].sort(bySpeaker);
  }

  private crown(slot: Slot, winner: Incident | undefined): void {
    if (slot.winner !== undefined && --slot.winner.entry!.wins === 0) this.side(slot.winner).remove(slot.winner);
    if (winner !== undefined && winner.entry!.wins++ === 0) this.side(winner).add(winner);
    slot.winner = winner;
  }

  private side(incident: Incident): Winners {
    return incident.speaker.weight < 0 ? this.escalating : this.relieving;
  }

  private slotsOf({ speaker: { facts, reach, weight } }: Incident): Slot[] {
    const sign = weight < 0 ? 0 : 1;
    const day = Math.floor(facts.instant / DAY);
    return reach.pairs.map(({ key }) =>
      facts.state
        ? slotIn(this.states, `${key * 2 + sign} ${facts.code}`)
        : slotIn(this.days, (key * 2 + sign) * DAYS_PER_PAIR + day),
    );
  }
}

const better = (best: Incident | undefined, incident: Incident): Incident =>
  best === undefined || beats(incident, best) ? incident : best;

function slotIn<K>(slots: Map<K, Slot>, key: K): Slot {
  let slot = slots.get(key);
  if (slot === undefined) slots.set(key, (slot = { contenders: [], winner: undefined }));
  return slot;
}

/**
 * Nothing that began before this, and is no state, weighs at `at` or 14 days before: 39 weeks, a day's slot, the look
 * back.
 */
export const horizonOf = (at: Minute): Minute => at - (FORGOTTEN_AFTER_WEEKS + 3) * WEEK;
