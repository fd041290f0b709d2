import fc from 'fast-check';
import { selectEvents, type EffectiveVersion } from './effective-events';
import type { Frame } from './frame';
import { formatMinute, millisecondsOf, Moment, type Minute } from './instant';
import { diplomaticStatus } from './diplomatic-status';
import { risk } from './risk';
import { presentOf } from './present';
import { situationOf } from './situation';
import { MemoryCrisis } from './spec/memory-crisis';
import { randomLog, START } from './spec/random-log';
import { recorded, type WireEvent } from './spec/recorded-events';

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
    { numRuns: process.env['LONG'] ? 100 : 10 },
  );
});

const opened = {
  eventId: '00000000-0000-4000-8000-000000000000',
  type: 'CrisisOpened',
  occurredAt: '2026-01-01T00:00:00Z',
  tlp: 'CLEAR',
  data: {
    title: 'Silence',
    sides: [
      { name: 'Iran', members: ['IRN'] },
      { name: 'United States', members: ['USA'] },
    ],
    mediators: ['OMN'],
  },
};

type Told = [
  type: string,
  occurredAt: string,
  cameoCode: string,
  from: string,
  to: string,
  grade: string,
  more?: object,
];

const told = ([type, occurredAt, cameoCode, from, to, grade, more]: Told, i: number): WireEvent => ({
  eventId: `00000000-0000-4000-8000-00000000000${i + 1}`,
  type,
  occurredAt,
  cameoCode,
  actors: [{ code: from }],
  recipients: [{ code: to }],
  sources: [{ name: 'source', reliability: grade[0], credibility: Number(grade[1]) }],
  tlp: 'CLEAR',
  data: {},
  ...more,
});

const FINAL = { data: { declaredFinal: true } };
const LASTS = { occurredUntil: '2026-06-01T00:00:00Z', ongoing: true };

test.each<[what: string, log: Told[], at: string, next: string | null]>([
  [
    'a leg expires after 14 days',
    [
      ['StrikeReported', '2026-02-01T10:00:00Z', '152', 'USA', 'IRN', 'A1'],
      ['StrikeReported', '2026-02-01T11:00:00Z', '190', 'USA', 'IRN', 'A1'],
    ],
    '2026-02-15T10:00:00Z',
    '2026-02-15T11:00:00Z',
  ],
  [
    'a channel stalls a minute after 28 days',
    [['MediationContactReported', '2026-02-01T10:00:00Z', '040', 'OMN', 'IRN', 'A1']],
    '2026-02-20T00:00:00Z',
    '2026-03-01T10:01:00Z',
  ],
  [
    'and closes a minute after 55',
    [['MediationContactReported', '2026-02-01T10:00:00Z', '040', 'OMN', 'IRN', 'A1']],
    '2026-03-05T00:00:00Z',
    '2026-03-28T10:01:00Z',
  ],
  [
    'the level forgets a verified event after 30 days, while an unverified one holds what is reported',
    [
      ['OfficialStatementIssued', '2026-02-01T10:00:00Z', '111', 'USA', 'IRN', 'A1'],
      ['OfficialStatementIssued', '2026-02-02T10:00:00Z', '111', 'USA', 'IRN', 'F6'],
    ],
    '2026-02-20T00:00:00Z',
    '2026-03-03T10:00:00Z',
  ],
  [
    'a movement is quiet 14 days after the last event',
    [['OfficialStatementIssued', '2026-02-01T10:00:00Z', '111', 'USA', 'IRN', 'A1']],
    '2026-02-10T00:00:00Z',
    '2026-02-15T10:00:00Z',
  ],
  [
    'an alert without a leg goes after 14 days',
    [
      ['OfficialStatementIssued', '2026-02-01T10:00:00Z', '139', 'USA', 'IRN', 'A1'],
      ['OfficialStatementIssued', '2026-02-05T10:00:00Z', '111', 'USA', 'IRN', 'A1'],
    ],
    '2026-02-12T00:00:00Z',
    '2026-02-15T10:00:00Z',
  ],
  [
    'a movement falls when the look back comes upon a strike',
    [
      ['RetaliationReported', '2026-02-03T10:07:00Z', '190', 'IRN', 'USA', 'D4', FINAL],
      ['OfficialStatementIssued', '2026-02-09T10:00:00Z', '010', 'USA', 'IRN', 'A1'],
      ['OfficialStatementIssued', '2026-02-10T10:00:00Z', '111', 'USA', 'IRN', 'A1'],
    ],
    '2026-02-17T10:06:00Z',
    '2026-02-17T10:07:00Z',
  ],
  [
    'a state in force holds everything as it is',
    [['StrikeReported', '2026-01-01T10:00:00Z', '152', 'USA', 'IRN', 'A1', LASTS]],
    '2026-02-20T00:00:00Z',
    null,
  ],
  [
    'nothing is left to change',
    [['OfficialStatementIssued', '2026-02-01T10:00:00Z', '111', 'USA', 'IRN', 'A1']],
    '2026-04-01T00:00:00Z',
    null,
  ],
])('%s', (_, log, at, next) => {
  const crisis = new MemoryCrisis(recorded([opened, ...log.map(told)]));
  expect(crisis.situation(new Moment(millisecondsOf(at))).nextChangeAt).toBe(next);
});
