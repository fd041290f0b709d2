import { CONFLICT_DAYS } from './alerts';
import { isDriver, type Matter, type Sentence } from './briefing-matter';
import { nameOf, namesOf } from './briefing-names';
import { awaiting, counted, headline, listed, one, plain } from './briefing-words';
import type { Demand } from './demands';
import { minuteOf } from './instant';
import { legExpiry, type Answer } from './retaliation';

const MAX_LEGS = 4;
const MAX_DEMANDS = 2;
const MAX_PAIRS = 3;

/** What speaks for more force: what holds R up, answers owed, the alert, demands and deadlines, promises not kept. */
export function riskSentences(matter: Matter): Sentence[] {
  return [
    heaviest(matter),
    ...pairs(matter),
    ...exchange(matter),
    ...legs(matter),
    alert(matter),
    ...demands(matter),
    ...broken(matter),
  ];
}

function heaviest(matter: Matter): Sentence {
  const top = matter.risk.drivers.filter(isDriver).slice(0, 3);
  if (top.length === 0) return matter.sentence('nothing hostile on record weighs anything now.', matter.lastEvent);
  const share = top.reduce((sum, driver) => sum + driver.share, 0);
  const which = listed(top.map(({ eventId }) => `the ${matter.deed(eventId)}`));
  return matter.sentence(
    `of R’s ${one(matter.risk.risk)} points ${one(share)} come from ${which}.`,
    ...matter.drivers(3),
  );
}

/** Who is at risk with whom; said where there is more than one pair to tell apart. */
function pairs(matter: Matter): Sentence[] {
  const hot = matter.status.dyads.filter((dyad) => dyad.risk > 0).toSorted((a, b) => b.risk - a.risk);
  if (matter.status.dyads.length < 2 || hot.length === 0) return [];
  const top = hot.slice(0, MAX_PAIRS);
  const text = top.map(({ parties: [a, b], risk }) => `${one(risk)} between ${nameOf(a)} and ${nameOf(b)}`);
  return [
    matter.sentence(`pair by pair, R is ${listed(text)}.`, ...top.flatMap((dyad) => between(matter, dyad.parties))),
  ];
}

/** The heaviest driver that one of two parties aimed at the other. */
function between(matter: Matter, parties: readonly [string, string]): string[] {
  const connects = (eventId: string): boolean => {
    const facts = matter.factsOf(eventId);
    if (facts === undefined) return false;
    const { adversarial } = matter.input.now.parties.reach(facts.between, facts.instant);
    return adversarial.some(({ from, to }) => parties.includes(from.code) && parties.includes(to.code));
  };
  const driver = matter.risk.drivers.filter(isDriver).find(({ eventId }) => connects(eventId));
  return driver === undefined ? [] : [driver.eventId];
}

function exchange(matter: Matter): Sentence[] {
  const { strikes, answers, depth } = matter.risk.retaliation;
  const last = answers.at(-1);
  if (last === undefined) return [];
  const text = `of ${counted(strikes, 'verified strike')} between the sides ${answers.length} ${answers.length === 1 ? 'was' : 'were'} answered, in chains of up to ${counted(depth, 'answer')}; the last ${latency(last)}.`;
  return [matter.sentence(text, last.answer, last.strike)];
}

/** As wide as the precision of both times leaves it. */
function latency({ latencyHours, inferred }: Answer): string {
  const [least, most] = latencyHours.map(Math.round) as [number, number];
  const after = least === most ? `after ${counted(most, 'hour')}` : `after ${least} to ${most} hours`;
  return inferred ? `${after}, by inference` : after;
}

function legs(matter: Matter): Sentence[] {
  const { openLegs } = matter.input.now.exchange;
  const shown = openLegs.slice(-MAX_LEGS).toReversed();
  const sentences = shown.map((leg) =>
    matter.sentence(
      `the ${matter.deed(leg.id)} waits for an answer, until ${matter.calendar.minute(legExpiry(leg))} at most: ${matter.quote(leg.id)}.`,
      leg.id,
    ),
  );
  const others = openLegs.slice(0, -MAX_LEGS);
  if (others.length === 0) return sentences;
  return [...sentences, matter.sentence(`${awaiting(others.length)} besides.`, ...others.map((leg) => leg.id))];
}

function alert(matter: Matter): Sentence {
  const { state, events } = matter.risk.alerts.conflictRisk;
  const owed = matter.risk.openLegs.filter((leg) => events.includes(leg)).length;
  const threats = events.length - owed;
  const grounds = [
    ...(owed === 0 ? [] : [awaiting(owed)]),
    ...(threats === 0 ? [] : [`${counted(threats, 'verified threat')} of force in ${CONFLICT_DAYS} days`]),
  ];
  const because = {
    on: `on: ${listed(grounds)}`,
    unverified: `unverified: in ${CONFLICT_DAYS} days only unverified or roughly dated reports speak for it`,
    off: `off: no strike waits for an answer, and no threat of force was reported in ${CONFLICT_DAYS} days`,
  }[state];
  const behind = events.length > 0 ? events.toReversed() : [matter.lastEvent];
  const { riskAlert } = matter.status.analysts;
  const raised = riskAlert?.value === true ? riskAlert : undefined;
  const theirs = raised && `; analysts raised one of their own on ${matter.calendar.dayOf(raised.issuedAt)}`;
  return matter.sentence(`the conflict-risk alert is ${because}${theirs ?? ''}.`, raised?.eventId, ...behind);
}

/** Those with a deadline first, by date; then ultimatums; then the latest. */
function demands(matter: Matter): Sentence[] {
  const urgent = (demand: Demand): number =>
    demand.deadlineAt !== null ? minuteOf(demand.deadlineAt) : demand.stance === 'ultimatum' ? 1e12 : 2e12;
  const ranked = matter.status.demands.toSorted((a, b) => urgent(a) - urgent(b));
  const sentences = ranked.slice(0, MAX_DEMANDS).map((demand) => demanded(matter, demand));
  const others = ranked.slice(MAX_DEMANDS);
  if (others.length === 0) return sentences;
  const text = `${counted(others.length, 'further demand is', 'further demands are')} open.`;
  return [...sentences, matter.sentence(text, ...others.map((demand) => demand.eventId))];
}

function demanded(
  matter: Matter,
  { eventId, by, to, demand, stance, deadlineAt, lapsesAt, verified }: Demand,
): Sentence {
  const what = demand === null ? matter.quote(eventId) : `“${headline(demand)}”`;
  const kind = stance === 'ultimatum' ? 'ultimatum' : demand === null ? 'deadline' : 'demand';
  const facts = matter.factsOf(eventId)!;
  const details = [
    matter.calendar.day(facts.instant, facts.timePrecision),
    ...(deadlineAt === null ? [] : [`deadline ${matter.calendar.minute(minuteOf(deadlineAt))}`]),
    ...(deadlineAt === null && lapsesAt !== null ? [`counted until ${matter.calendar.dayOf(lapsesAt)}`] : []),
    ...(verified ? [] : ['unverified']),
  ];
  return matter.sentence(`open ${kind} of ${namesOf(by)} to ${namesOf(to)} (${details.join(', ')}): ${what}.`, eventId);
}

/** Promises reversed, and those whose time is over without a word that they were kept. */
function broken(matter: Matter): Sentence[] {
  return matter.status.measures.flatMap(({ eventId, measure, implementation, expiresAt }) => {
    const what = `the ${measure === null ? 'measure' : plain(measure)} (${matter.mention(eventId)})`;
    if (implementation?.value === 'reversed')
      return [matter.sentence(`${what} was reported reversed.`, eventId, implementation.eventId)];
    const kept = implementation?.value === 'completed' || implementation?.value === 'verified';
    if (expiresAt === null || kept || minuteOf(expiresAt) > matter.at) return [];
    const text = `${what} ran out on ${matter.calendar.minute(minuteOf(expiresAt))} and was not reported completed.`;
    return [matter.sentence(text, eventId, implementation?.eventId)];
  });
}
