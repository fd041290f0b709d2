import { learnedSentences } from './briefing-learned';
import { isDriver, type Matter, type Sentence } from './briefing-matter';
import { namesOf } from './briefing-names';
import { counted, listed, moved, nounOf, one, plain } from './briefing-words';
import type { Driver, OtherDrivers } from './drivers';
import type { Lists } from './frame';
import { intervalOf, type Minute } from './instant';

const MAX_KINDS = 3;
const MAX_HOSTILE = 4;
const MAX_COOPERATIVE = 3;

/** What happened in the last days, and what was learned in them of the time before. */
export function changeSentences(matter: Matter): Sentence[] {
  return [
    gauges(matter),
    gap(matter),
    tally(matter),
    ...heaviest(matter, matter.risk.drivers, 'R', MAX_HOSTILE),
    ...heaviest(matter, matter.risk.reliefs, 'J', MAX_COOPERATIVE),
    ...frameChanges(matter),
    ...learnedSentences(matter),
  ];
}

const isRecent = (matter: Matter, eventId: string): boolean =>
  (matter.factsOf(eventId)?.instant ?? -Infinity) > matter.from;

/** Without those of which nothing is left that a reader would see. */
const recentOf = (matter: Matter, rows: readonly (Driver | OtherDrivers)[]): Driver[] =>
  rows.filter(isDriver).filter(({ eventId, share }) => isRecent(matter, eventId) && one(share) !== one(0));

function gauges(matter: Matter): Sentence {
  const { risk, earlier } = matter;
  const r = `R ${moved(earlier.risk.risk, risk.risk)}`;
  const j = `J ${moved(earlier.risk.diplomacyGauge, risk.diplomacyGauge)}`;
  const bands = earlier.risk.band === risk.band ? '' : ` (${earlier.risk.band} to ${risk.band})`;
  const behind = [risk.drivers, risk.reliefs].flatMap((rows) => recentOf(matter, rows).slice(0, 2));
  const text = `since ${matter.calendar.minute(matter.from)} ${r}${bands} and ${j}.`;
  return matter.sentence(text, ...(behind.length === 0 ? [matter.lastEvent] : behind.map(({ eventId }) => eventId)));
}

function gap(matter: Matter): Sentence {
  const before = matter.earlier.status.sanctions;
  const now = matter.status.sanctions;
  const said = matter.input.events.filter(
    ({ facts }) => facts.type === 'SanctionsStatementIssued' && facts.own?.issues,
  );
  const recent = said.filter(({ facts }) => facts.instant > matter.from).reverse();
  const behind = (recent.length > 0 ? recent : said.slice(-1)).map(({ eventId }) => eventId);
  if (now.gap === null) return matter.sentence('the sides’ positions on the issues cannot be compared yet.', ...behind);
  if (before.gap === null)
    return matter.sentence(`the gap of positions is ${one(now.gap)}; before, it could not be told.`, ...behind);
  const unheard = recent.length === 0 ? '; neither side has restated its positions' : '';
  return matter.sentence(`the gap of positions ${moved(before.gap, now.gap)}${unheard}.`, ...behind);
}

/** How much was reported, kind by kind; of each the latest is cited. */
function tally(matter: Matter): Sentence {
  const recent = matter.input.events.filter(({ facts }) => facts.instant > matter.from);
  if (recent.length === 0) {
    const text = `no event of these days is on record; the latest is the ${matter.mention(matter.lastEvent)}.`;
    return matter.sentence(text, matter.lastEvent);
  }
  const kinds = [...Map.groupBy(recent, ({ facts }) => nounOf(facts.type, facts.code))]
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, MAX_KINDS);
  const counts = kinds.map(([noun, events]) => counted(events.length, noun));
  const others = recent.length - kinds.reduce((sum, [, events]) => sum + events.length, 0);
  const text = `${counted(recent.length, 'report')} of these days: ${listed(others === 0 ? counts : [...counts, counted(others, 'other')])}.`;
  return matter.sentence(text, ...kinds.map(([, events]) => events.at(-1)!.eventId));
}

/**
 * The heaviest of the days' drivers or reliefs, told latest first: half of them by weight alone, then one of each pair
 * of parties not yet told of, so that one front does not hide another.
 */
function heaviest(matter: Matter, rows: readonly (Driver | OtherDrivers)[], gauge: string, most: number): Sentence[] {
  const instant = ({ eventId }: Driver): Minute => matter.factsOf(eventId)!.instant;
  const ranked = recentOf(matter, rows).sort((a, b) => b.weight - a.weight || instant(b) - instant(a));
  const leading = ranked.slice(0, Math.ceil(most / 2));
  const told = new Set(leading.flatMap(({ eventId }) => matter.pairsOf(eventId)));
  const elsewhere = ranked.filter(({ eventId }) => {
    const others = matter.pairsOf(eventId).filter((pair) => !told.has(pair));
    others.forEach((pair) => told.add(pair));
    return others.length > 0;
  });
  return [...new Set([...leading, ...elsewhere, ...ranked])]
    .slice(0, most)
    .sort((a, b) => instant(b) - instant(a))
    .map((driver) => happened(matter, driver, gauge));
}

function happened(matter: Matter, { eventId, share, alsoReported }: Driver, gauge: string): Sentence {
  const others = counted(alsoReported.length, 'further report');
  const again = `of the same incident or day ${alsoReported.length === 1 ? 'does' : 'do'} not count again`;
  const behind = alsoReported.length === 0 ? '' : `; ${others} ${again}`;
  const text = `${matter.mention(eventId)} (${one(share)} of ${gauge}${behind}): ${matter.quote(eventId)}.`;
  return matter.sentence(text, eventId, ...alsoReported);
}

/** Who became a party, a mediator or a body in these days, and what became an issue: the whole lists, as they are given. */
function frameChanges(matter: Matter): Sentence[] {
  return matter.input.frameChanges.flatMap((eventId) => {
    const { occurredAt, timePrecision = 0, data } = matter.contentOf(eventId)!;
    const [instant] = intervalOf(occurredAt, timePrecision);
    if (instant <= matter.from || instant > matter.at) return [];
    const { sides, mediators, bodies, issues } = data as Partial<Lists>;
    const lists = [
      sides && `sides ${sides.map(({ name }) => name).join(' against ')}`,
      mediators && `mediators ${namesOf(mediators)}`,
      bodies && `bodies ${namesOf(bodies)}`,
      issues && `issues ${listed(issues.map(plain))}`,
    ].filter((list) => list !== undefined);
    return [matter.sentence(`from ${matter.calendar.day(instant, timePrecision)} on: ${lists.join('; ')}.`, eventId)];
  });
}
