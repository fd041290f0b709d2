import { type Risk, projections, type Situation } from '#projections';
import { Problem } from '../http/problem';
import type { ReadContext } from '../view-worker/read-context';
import type { DiffQuestion } from '../view-worker/read-request';
import { asOfOf, type Scene, sceneOf, situationIn } from '../views/scene';
import { MINUTE_MS, textOfMinute } from '../views/time';

const EVERY = 2 ** 31 - 1;

/**
 * What was believed at two points of the record about one moment of the world: the events that make the difference,
 * and how much of it each driver of R and J is. Both by today's markings. `a` is the earlier, null where the crisis was
 * not known yet.
 */
export function answerDiff(context: ReadContext, question: DiffQuestion): string {
  const { asOfA, ...later } = question;
  const second = sceneOf(context, later);
  const first = earlierScene(context, { ...later, at: second.at, asOf: asOfA ?? { time: second.at } });
  const [a, b] = first && first.asOf > second.asOf ? [second, first] : [first, second];
  const [riskA, riskB] = [a, b].map((scene) => scene && riskOf(situationIn(scene)));
  return JSON.stringify({
    crisisId: b.crisis,
    at: textOfMinute(b.at),
    a: a ? asOfOf(context, a) : null,
    b: asOfOf(context, b),
    events: eventsBetween(context, a?.asOf ?? -1, b),
    risk: change(riskA, riskB!, 'risk', 'drivers'),
    diplomacyGauge: change(riskA, riskB!, 'diplomacyGauge', 'reliefs'),
  });
}

const riskOf = (situation: Situation): Risk => projections.risk.view(situation);

function earlierScene(context: ReadContext, question: Parameters<typeof sceneOf>[1]): Scene | undefined {
  try {
    return sceneOf(context, question);
  } catch (error) {
    if (error instanceof Problem && error.type === 'not-yet-known') return undefined;
    throw error;
  }
}

/** What became of each original of the moment, between the two points. Ids, in the order in which they happened. */
function eventsBetween(context: ReadContext, asOfA: number, b: Scene) {
  const { memory, crisis, level, levelIndex, asOf, at } = b;
  const minute = at / MINUTE_MS;
  const originals = [...new Set(memory.versions().map(({ original }) => original))].sort((x, y) => x - y);
  const came: string[] = [];
  const corrected: string[] = [];
  const retracted: string[] = [];
  const reinstated: string[] = [];
  for (const original of originals) {
    const [before, after] = [asOfA, asOf].map((point) => memory.versionOf(original, point, levelIndex));
    const [was, is] = [before, after].map((version) => version !== undefined && version.facts.instant <= minute);
    if (!was && !is) continue;
    const id = (after ?? before)!.eventId;
    if (before && after) {
      if (before.source !== after.source) corrected.push(id);
    } else if (before) retracted.push(id);
    else (original > asOfA ? came : reinstated).push(id);
  }
  const types = ['MarkingChanged'];
  const remarked = context.store.listing
    .find({ crisis, level, types, after: asOfA, limit: EVERY })
    .filter((position) => position <= asOf)
    .map((position) => context.log.at(position)!)
    .map(({ body }) => (JSON.parse(body) as { refs: Record<string, string> }).refs['data.target']!);
  return { came, corrected, retracted, reinstated, remarked: [...new Set(remarked)] };
}

/** A gauge at both points, and the drivers whose share differs, the greatest difference first. */
function change(a: Risk | undefined, b: Risk, gauge: 'risk' | 'diplomacyGauge', list: 'drivers' | 'reliefs') {
  const [before, after] = [a ? sharesOf(a[list]) : new Map<string, number>(), sharesOf(b[list])];
  const drivers = [...new Set([...before.keys(), ...after.keys()])]
    .map((eventId) => ({ eventId, a: before.get(eventId) ?? 0, b: after.get(eventId) ?? 0 }))
    .map((driver) => ({ ...driver, change: thousandths(driver.b - driver.a) }))
    .filter((driver) => driver.change !== 0)
    .sort((x, y) => Math.abs(y.change) - Math.abs(x.change));
  const was = a?.[gauge] ?? null;
  return { a: was, b: b[gauge], change: thousandths(b[gauge] - (was ?? 0)), drivers };
}

const sharesOf = (drivers: Risk['drivers']): Map<string, number> =>
  new Map(drivers.map((driver) => ['eventId' in driver ? driver.eventId : 'others', driver.share]));

const thousandths = (value: number): number => Math.round(value * 1000) / 1000;
