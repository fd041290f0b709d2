import fc from 'fast-check';
import { selectEvents, type EffectiveVersion } from './effective-events';
import type { Frame } from './frame';
import { formatMinute, Moment, type Minute } from './instant';
import { diplomaticStatus } from './diplomatic-status';
import { risk } from './risk';
import { presentOf, situationOf } from './situation';
import { MemoryCrisis } from './spec/memory-crisis';
import { randomLog, START } from './spec/random-log';
import { recorded } from './spec/recorded-events';

const DAY = 1440;
const START_MINUTE = START / 60_000;

/** Everything that `nextChangeAt` speaks of, as the views print it. */
function discrete(frame: Frame, events: readonly EffectiveVersion[], at: Minute): string {
  const situation = { ...presentOf(frame, events, Moment.of(at)), nextChangeAt: null };
  const { band, escalation, diplomacy, outpaces, openLegs, level, levelReported, alerts } = risk.view(situation);
  const { channels, window } = diplomaticStatus.view(situation);
  return JSON.stringify([
    band,
    escalation.movement,
    diplomacy.movement,
    outpaces,
    openLegs,
    level,
    levelReported,
    alerts.conflictRisk.state,
    alerts.resolutionOpportunity.state,
    channels.map(({ parties, state }) => [parties, state]),
    window.state,
  ]);
}

/** The minutes after `at` at which anything can change: ages turn an hour, looks back reach an edge. */
function candidates(events: readonly EffectiveVersion[], at: Minute, days: number): Minute[] {
  const found = new Set<Minute>();
  for (const { facts } of events)
    for (const from of [facts.instant, facts.until ?? facts.instant]) {
      for (let minute = at + 1 + ((((from - at - 1) % 60) + 60) % 60); minute <= at + days * DAY; minute += 60)
        found.add(minute);
      for (const edge of [14, 28, 30, 55]) found.add(from + edge * DAY).add(from + edge * DAY + 1);
    }
  return [...found].filter((minute) => minute > at && minute <= at + days * DAY).sort((a, b) => a - b);
}

const situationAt = fc.integer({ min: 10 * DAY, max: 50 * DAY }).map((minute) => START_MINUTE + minute);

test('nothing discrete changes before it, and something does at it', () => {
  let changes = 0;
  fc.assert(
    fc.property(randomLog(8, 30), situationAt, (log, at) => {
      const crisis = new MemoryCrisis(recorded(log));
      const frame = crisis.frame(Infinity, 4, Moment.of(at));
      const events = selectEvents(crisis.versions, Infinity, 4, at);
      const now = discrete(frame, events, at);
      const expected = candidates(events, at, 60).find((minute) => discrete(frame, events, minute) !== now);
      const { nextChangeAt } = situationOf(frame, events, Moment.of(at));
      expect(nextChangeAt).toBe(expected === undefined ? null : formatMinute(expected));
      if (expected !== undefined) changes++;
    }),
    { numRuns: 30 },
  );
  expect(changes).toBeGreaterThan(5);
});

test('minute by minute over two days', () => {
  fc.assert(
    fc.property(randomLog(12, 20), situationAt, (log, at) => {
      const crisis = new MemoryCrisis(recorded(log));
      const frame = crisis.frame(Infinity, 4, Moment.of(at));
      const events = selectEvents(crisis.versions, Infinity, 4, at);
      const now = discrete(frame, events, at);
      let minute = at + 1;
      while (minute <= at + 2 * DAY && discrete(frame, events, minute) === now) minute++;
      const { nextChangeAt } = situationOf(frame, events, Moment.of(at));
      if (minute <= at + 2 * DAY) expect(nextChangeAt).toBe(formatMinute(minute));
      else expect(nextChangeAt === null || nextChangeAt > formatMinute(at + 2 * DAY)).toBe(true);
    }),
    { numRuns: 25 },
  );
});
