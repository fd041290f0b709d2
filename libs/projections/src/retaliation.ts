import { remaining } from './extremes';
import { toThousandths } from './gauges';
import type { Incident, IncidentsByType } from './incidents';
import { DAY, HOUR, type Minute } from './instant';
import type { Parties } from './parties';

/** Section 5 of the model. An answer is looked for, and a leg stays open, this long. */
const ANSWER_WITHIN = 14 * DAY;

export interface Answer {
  readonly strike: string;
  readonly answer: string;
  /** Nobody declared it: it was the first to come back. */
  readonly inferred: boolean;
  /** How many answers the chain that ends in this answer has. */
  readonly depth: number;
  /** From the least to the greatest that the precision of both times allows. */
  readonly latencyHours: readonly [number, number];
}

export interface Retaliation {
  readonly strikes: number;
  readonly answers: readonly Answer[];
  readonly answerRate: number | null;
  readonly depth: number;
  readonly symmetry: number | null;
}

interface Strike {
  readonly incident: Incident;
  /** Its place in the order. */
  readonly index: number;
  readonly instant: Minute;
  /** Precise enough to infer from: a minute or a day. */
  readonly precise: boolean;
  readonly opensLeg: boolean;
  /** The strikes that it says it answers. */
  readonly respondsTo: Set<Strike>;
  readonly answers: Strike[];
  answer: Strike | undefined;
  inferred: boolean;
  depth: number;
}

export interface Exchange {
  readonly retaliation: Retaliation;
  /** Strikes not yet answered, in order. */
  readonly openLegs: readonly Incident[];
  /** All strikes, in order. */
  readonly strikes: readonly Incident[];
}

export function exchangeOf(incidents: IncidentsByType, parties: Parties, at: Minute): Exchange {
  const strikes = incidents.StrikeReported.filter(isStrike).map(strikeOf);
  linkDeclared(strikes);
  linkInferred(strikes, parties);
  computeDepths(strikes);
  const lulls = lastLulls(incidents.ConfidenceBuildingMeasureReported, parties);
  const answered = strikes.filter((strike) => strike.answer !== undefined);
  const unanswered = strikes.filter(
    (strike) => strike.answer === undefined && strike.opensLeg && at - strike.instant >= ANSWER_WITHIN,
  );
  const due = answered.length + unanswered.length;
  return {
    retaliation: {
      strikes: strikes.length,
      answers: answered.map(printed),
      answerRate: due === 0 ? null : toThousandths(answered.length / due),
      depth: strikes.reduce((deepest, { depth }) => Math.max(deepest, depth), 0),
      symmetry: symmetryOf(strikes, at),
    },
    openLegs: strikes.filter((strike) => isOpen(strike, lulls, parties, at)).map(({ incident }) => incident),
    strikes: strikes.map(({ incident }) => incident),
  };
}

const isStrike = (incident: Incident): boolean =>
  incident.facts.kinetic && incident.verified && incident.speaker.reach.adversarial.length > 0;

function strikeOf(incident: Incident, index: number): Strike {
  const { instant, timePrecision, own } = incident.facts;
  const precise = timePrecision < 2;
  const restrained = own?.declaredProportionality === 'matching' || own?.declaredProportionality === 'below';
  return {
    incident,
    index,
    instant,
    precise,
    opensLeg: precise && own?.declaredFinal !== true && !restrained,
    respondsTo: new Set(),
    answers: [],
    answer: undefined,
    inferred: false,
    depth: 0,
  };
}

/** The first other strike in order whose respondsTo names it (or any report of it), whatever its instant. */
function linkDeclared(strikes: readonly Strike[]): void {
  const byReport = new Map<string, Strike>();
  for (const strike of strikes)
    for (const { version } of strike.incident.reports) byReport.set(version.eventId, strike);
  for (const answer of strikes)
    for (const id of answer.incident.facts.respondsTo) {
      const strike = byReport.get(id);
      if (strike === undefined || strike === answer) continue;
      answer.respondsTo.add(strike);
      if (strike.answer === undefined) link(strike, answer);
    }
}

function link(strike: Strike, answer: Strike): void {
  strike.answer = answer;
  answer.answers.push(strike);
}

/** The strikes on one ordered pair, in order, and the first of them later than the strike at hand. */
interface Lane {
  readonly strikes: Strike[];
  next: number;
}

/**
 * Else the first with a strictly later instant, within 14 days, that has one of its pairs reversed and is not what
 * the strike itself answers. The strikes come in order, so every lane is walked once.
 */
function linkInferred(strikes: readonly Strike[], parties: Parties): void {
  const precise = strikes.filter((strike) => strike.precise);
  const lanes = new Map<number, Lane>();
  for (const strike of precise)
    for (const { key } of strike.incident.speaker.reach.adversarial) {
      const lane = lanes.get(key);
      if (lane === undefined) lanes.set(key, { strikes: [strike], next: 0 });
      else lane.strikes.push(strike);
    }
  for (const strike of precise) {
    let first: Strike | undefined;
    for (const { from, to } of strike.incident.speaker.reach.adversarial) {
      const lane = lanes.get(parties.pairKey(to, from));
      if (lane === undefined) continue;
      const reply = replyIn(lane, strike);
      if (reply !== undefined && (first === undefined || reply.index < first.index)) first = reply;
    }
    if (strike.answer !== undefined || first === undefined) continue;
    strike.inferred = true;
    link(strike, first);
  }
}

function replyIn(lane: Lane, strike: Strike): Strike | undefined {
  const { strikes } = lane;
  while (lane.next < strikes.length && strikes[lane.next]!.instant <= strike.instant) lane.next++;
  let i = lane.next;
  while (i < strikes.length && strike.respondsTo.has(strikes[i]!)) i++;
  const reply = strikes[i];
  return reply !== undefined && reply.instant - strike.instant <= ANSWER_WITHIN ? reply : undefined;
}

/** In order: 0 when a strike answers nothing, else one more than the deepest that it answers. */
function computeDepths(strikes: readonly Strike[]): void {
  for (const strike of strikes)
    for (const answered of strike.answers) strike.depth = Math.max(strike.depth, answered.depth + 1);
}

function printed(strike: Strike): Answer {
  const answer = strike.answer!;
  const { instant, end } = strike.incident.facts;
  return {
    strike: strike.incident.id,
    answer: answer.incident.id,
    inferred: strike.inferred,
    depth: answer.depth,
    latencyHours: [Math.max(0, answer.instant - end) / HOUR, (answer.incident.facts.end - instant) / HOUR],
  };
}

/** How alike the first two sides strike: the lesser of their decayed weights over the greater. */
function symmetryOf(strikes: readonly Strike[], at: Minute): number | null {
  const bySide = [0, 0];
  for (const { incident } of strikes) {
    const left = remaining(incident, at);
    for (const side of new Set(incident.speaker.reach.adversarial.map((pair) => pair.from.side)))
      if (side < 2) bySide[side]! += left;
  }
  const most = Math.max(...bySide);
  return most === 0 ? null : toThousandths(Math.min(...bySide) / most);
}

const LULL_CODES: ReadonlySet<string> = new Set(['087', '0871', '0872', '0873', '0874']);

/** The last verified ceasefire, withdrawal or the like that names both members of a pair, by unordered pair. */
function lastLulls(measures: readonly Incident[], parties: Parties): ReadonlyMap<number, Minute> {
  const lulls = new Map<number, Minute>();
  for (const { facts, speaker, verified } of measures) {
    if (!verified || !LULL_CODES.has(facts.code)) continue;
    const { named } = speaker.reach;
    for (const [i, a] of named.entries())
      for (const b of named.slice(i + 1)) lulls.set(parties.unorderedKey(a, b), facts.instant);
  }
  return lulls;
}

function isOpen(strike: Strike, lulls: ReadonlyMap<number, Minute>, parties: Parties, at: Minute): boolean {
  if (!strike.opensLeg || strike.answer !== undefined || at - strike.instant >= ANSWER_WITHIN) return false;
  return !strike.incident.speaker.reach.adversarial.some(
    ({ from, to }) => (lulls.get(parties.unorderedKey(from, to)) ?? -Infinity) > strike.instant,
  );
}

/** When an open leg closes by itself. */
export const legExpiry = (leg: Incident): Minute => leg.facts.instant + ANSWER_WITHIN;
