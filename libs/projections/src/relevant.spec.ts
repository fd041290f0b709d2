import fc from 'fast-check';
import { LEVELS } from '#event-log';
import { applyEvent, selectEvents, type EffectiveVersion } from './effective-events';
import { Moment } from './instant';
import { modelOf } from './models';
import { projections } from './index';
import { relevantOf } from './relevant';
import { MemoryCrisis } from './spec/memory-crisis';
import { randomLog, START } from './spec/random-log';
import { codes, recorded } from './spec/recorded-events';
import { VersionIndex } from './version-index';

const MINUTE_MS = 60_000;
/** Longer than the horizon of 42 weeks, so that much of a log is forgotten. */
const DAYS = 900;

const viewOf = (
  crisis: MemoryCrisis,
  events: readonly EffectiveVersion[],
  at: Moment,
  asOf: number,
  level: number,
): string => {
  const frame = crisis.frame(asOf, level, at);
  const situation = modelOf(frame).situationOf(frame, events, at);
  return JSON.stringify(Object.values(projections).map(({ view }) => view(situation)));
};

const questions = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: DAYS * 1440 }).map((minute) => new Moment(START + minute * MINUTE_MS)),
    asOf: fc.nat(60),
    level: fc.nat(LEVELS.length - 1),
  }),
  { minLength: 4, maxLength: 4 },
);

test('the view of what is relevant is the view of everything, byte for byte', () => {
  let left = 0;
  fc.assert(
    fc.property(randomLog(60, DAYS), questions, (events, asked) => {
      const crisis = new MemoryCrisis(recorded(events));
      const index = new VersionIndex(crisis.versions);
      for (const { at, asOf, level } of asked) {
        const all = selectEvents(crisis.versions, asOf, level, at.minute);
        const relevant = relevantOf(all, at.minute);
        left += all.length - relevant.length;
        expect(index.relevant(at.minute, asOf, level)).toEqual(relevant);
        expect(viewOf(crisis, relevant, at, asOf, level)).toBe(viewOf(crisis, all, at, asOf, level));
      }
    }),
    { numRuns: 200 },
  );
  expect(left).toBeGreaterThan(0);
});

test('an index kept up event by event answers like one made of the whole', () => {
  fc.assert(
    fc.property(randomLog(60, DAYS), questions, (events, asked) => {
      const crisis = new MemoryCrisis([]);
      const kept = new VersionIndex([]);
      for (const event of recorded(events)) {
        const change = applyEvent(event, crisis, codes);
        crisis.apply(event);
        if (change !== undefined) kept.replace(change.history.original.position, change.versions);
      }
      const made = new VersionIndex(crisis.versions);
      for (const { at, asOf, level } of asked) {
        expect(kept.relevant(at.minute, asOf, level)).toEqual(made.relevant(at.minute, asOf, level));
        expect(kept.nextInstant(at.minute, asOf, level)).toBe(made.nextInstant(at.minute, asOf, level));
      }
    }),
  );
});
