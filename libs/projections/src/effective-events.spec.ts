import fc from 'fast-check';
import { LEVELS } from '#event-log';
import { amendmentOf, type Amendment } from './amendments';
import { inOrder, isKnown, type EffectiveVersion } from './effective-events';
import { factsOf, reportTypeOf } from './facts';
import { levelIndexOf, type LevelIndex, type RecordedEvent } from './frame';
import { Moment } from './instant';
import { modelOf } from './models';
import { MemoryCrisis, viewsOf } from './spec/memory-crisis';
import { randomLog, START } from './spec/random-log';
import { codes, recorded } from './spec/recorded-events';

const MINUTE_MS = 60_000;

/** S by its definition: nothing kept, everything looked up in the whole log. */
function naiveS(
  log: readonly RecordedEvent[],
  asOf: number,
  level: LevelIndex,
  at: number,
): Omit<EffectiveVersion, 'levelFrom' | 'levelTo' | 'knownFrom' | 'knownTo'>[] {
  const originals = log.filter((event) => reportTypeOf(event.type) !== undefined);
  const amendments = log.flatMap((event) => amendmentOf(event, codes) ?? []);
  const isOriginal = (id: string): boolean => originals.some((event) => event.id === id);
  const amends = ({ kind, target, position }: Amendment): boolean => {
    const original = originals.find((event) => event.id === target);
    if (original !== undefined) return original.position < position;
    const amended = amendments.find((amendment) => amendment.eventId === target);
    return (
      kind !== 'correction' &&
      amended !== undefined &&
      amended.kind !== 'marking' &&
      amended.position < position &&
      amends(amended)
    );
  };
  const effective = amendments.filter(amends);
  const markingOf = (id: string): LevelIndex => {
    const own = effective.findLast(({ kind, target }) => kind === 'marking' && target === id)?.level;
    if (isOriginal(id)) return own ?? levelIndexOf(originals.find((event) => event.id === id)!.marking);
    const amendment = effective.find(({ eventId }) => eventId === id)!;
    return Math.max(own ?? amendment.level ?? 0, markingOf(amendment.target));
  };
  const present = effective.filter(
    ({ kind, position, eventId }) => kind !== 'marking' && position <= asOf && markingOf(eventId) <= level,
  );
  const retracted = (id: string, position: number): boolean =>
    present.some(
      (r) => r.kind === 'retraction' && r.target === id && r.position > position && !retracted(r.eventId, r.position),
    );
  return originals
    .filter(({ id, position }) => position <= asOf && markingOf(id) <= level && !retracted(id, position))
    .map(({ id, type, position, body }) => {
      const correction = present.findLast(
        (c) => c.kind === 'correction' && c.target === id && !retracted(c.eventId, c.position),
      );
      const facts = correction?.facts ?? factsOf(reportTypeOf(type)!, body, codes);
      return { original: position, eventId: id, source: correction?.position ?? position, facts };
    })
    .filter(({ facts }) => facts.instant * MINUTE_MS <= at)
    .sort((a, b) => inOrder(a as EffectiveVersion, b as EffectiveVersion));
}

const question = (days: number): fc.Arbitrary<{ at: Moment; asOf: number; level: LevelIndex }> =>
  fc.record({
    at: fc.integer({ min: 0, max: (days + 30) * 1440 }).map((minute) => new Moment(START + minute * MINUTE_MS)),
    asOf: fc.nat(30),
    level: fc.nat(LEVELS.length - 1),
  });

test('whatever arrives in whatever order: the view folded event by event is the view by definition, byte for byte', () => {
  fc.assert(
    fc.property(randomLog(24, 50), fc.array(question(50), { minLength: 4, maxLength: 4 }), (events, questions) => {
      const log = recorded(events);
      const crisis = new MemoryCrisis(log);
      for (const { at, asOf, level } of questions) {
        const frame = crisis.frame(asOf, level, at);
        const naive = modelOf(frame).situationOf(frame, naiveS(log, asOf, level, at.ms) as EffectiveVersion[], at);
        expect(JSON.stringify(crisis.view(at, asOf, level))).toBe(JSON.stringify(viewsOf(naive)));
      }
    }),
    { numRuns: 300 },
  );
});

test('an original has at most one version for a position and a level, and an unamended one has one row', () => {
  fc.assert(
    fc.property(randomLog(24, 50), (events) => {
      const crisis = new MemoryCrisis(recorded(events));
      const byOriginal = Map.groupBy(crisis.versions, (version) => version.original);
      for (const [original, versions] of byOriginal) {
        const amended = events.some(
          (event) => (event.data as { target?: string }).target === events[original]!.eventId,
        );
        if (!amended) expect(versions).toHaveLength(1);
        const known = events.flatMap((_event, asOf) =>
          LEVELS.map((_level, level) => versions.filter((version) => isKnown(version, asOf, level)).length),
        );
        expect(Math.max(...known)).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test('versions and histories are plain data: what a store writes down and reads back folds on alike', () => {
  fc.assert(
    fc.property(randomLog(24, 50), fc.nat(24), (events, cut) => {
      const log = recorded(events);
      const resumed = MemoryCrisis.resume(new MemoryCrisis(log.slice(0, cut)));
      for (const event of log.slice(cut)) resumed.apply(event);
      expect(JSON.stringify(resumed.versions)).toBe(JSON.stringify(new MemoryCrisis(log).versions));
    }),
  );
});
