import type { DiplomaticStatus } from './diplomatic-status';
import { diplomaticStatus } from './diplomatic-status';
import { millisecondsOf, Moment } from './instant';
import { MemoryCrisis } from './spec/memory-crisis';
import { recorded, type WireEvent } from './spec/recorded-events';

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
let count = 0;
const event = (type: string, occurredAt: string, fields: object = {}): WireEvent => ({
  eventId: id(count++),
  type,
  occurredAt,
  tlp: 'CLEAR',
  data: {},
  ...fields,
});
const between = (from: string, to: string, cameoCode: string, fields: object = {}): object => ({
  actors: [{ code: from }],
  recipients: [{ code: to }],
  cameoCode,
  sources: [{ name: 'source', reliability: 'A', credibility: 1 }],
  ...fields,
});

const log: WireEvent[] = [
  event('CrisisOpened', '2025-01-01T00:00:00Z', {
    data: {
      title: 'Status',
      sides: [
        { name: 'Iran', members: ['IRN'] },
        { name: 'United States', members: ['USA'] },
      ],
      mediators: ['OMN'],
      bodies: ['IAE', 'UNO'],
      issues: ['oil'],
    },
  }),
  // 1, 2: an assessment with a trend, a later one without.
  event('AnalystAssessmentIssued', '2026-01-10T00:00:00Z', {
    actors: [{ code: 'USA' }],
    data: { trend: 'deteriorated', hiikLevel: 3, confidence: 'moderate', basedOn: [id(0)] },
  }),
  event('AnalystAssessmentIssued', '2026-01-20T00:00:00Z', { actors: [{ code: 'USA' }], data: { riskAlert: true } }),
  // 3, 4: inspectors let in, then a machine-coded meeting with the body.
  event('MultilateralEngagementReported', '2024-12-01T00:00:00Z', {
    ...between('IRN', 'IAE', '0862'),
    data: { format: 'inspection', access: 'granted' },
  }),
  event('MultilateralEngagementReported', '2026-01-15T00:00:00Z', between('IAE', 'IRN', '043')),
  // 5, 6: an agreement in force; a prisoner exchange announced, then completed by a second, weaker report of it.
  event('MultilateralEngagementReported', '2023-06-01T00:00:00Z', {
    ...between('IRN', 'USA', '057', { ongoing: true }),
    data: { stage: 'Imp', document: 'JPA' },
  }),
  event('ConfidenceBuildingMeasureReported', '2026-01-05T00:00:00Z', {
    ...between('IRN', 'USA', '0841'),
    data: { measure: 'prisoner_release', implementation: 'announced' },
  }),
  event('ConfidenceBuildingMeasureReported', '2026-01-08T00:00:00Z', {
    ...between('IRN', 'USA', '0841', { incidentId: id(6), sources: [] }),
    data: { implementation: 'completed' },
  }),
  // 8, 9, 10, 11: a demand with a deadline, one without, an ultimatum, and what ends the second.
  event('OfficialStatementIssued', '2026-01-12T00:00:00Z', {
    ...between('USA', 'IRN', '100'),
    data: { demand: 'stop enrichment', deadlineAt: '2026-01-25T00:00:00Z' },
  }),
  event('OfficialStatementIssued', '2026-01-13T00:00:00Z', {
    ...between('IRN', 'USA', '100'),
    data: { demand: 'lift sanctions' },
  }),
  event('OfficialStatementIssued', '2026-01-14T00:00:00Z', between('USA', 'IRN', '139')),
  event('OfficialStatementIssued', '2026-02-10T00:00:00Z', { ...between('IRN', 'USA', '013'), ends: [id(9)] }),
  event('CrisisClosed', '2026-03-01T00:00:00Z', {}),
  // 13: the end of the agreement.
  event('OfficialStatementIssued', '2026-04-01T00:00:00Z', { ...between('USA', 'IRN', '161'), ends: [id(5)] }),
];

const crisis = new MemoryCrisis(recorded(log));
const statusAt = (at: string): DiplomaticStatus =>
  diplomaticStatus.view(crisis.situation(new Moment(millisecondsOf(at))));

test("each of the analysts' words is the latest of its kind, and names its assessment", () => {
  expect(statusAt('2026-01-21T00:00:00Z').analysts).toEqual({
    trend: { value: 'deteriorated', eventId: id(1), issuedAt: '2026-01-10T00:00:00Z' },
    riskAlert: { value: true, eventId: id(2), issuedAt: '2026-01-20T00:00:00Z' },
    resolutionOpportunity: null,
    hiikLevel: { value: 3, eventId: id(1), issuedAt: '2026-01-10T00:00:00Z' },
    likelihood: null,
    confidence: 'moderate',
    horizonDays: null,
    basedOn: [id(0)],
  });
});

test('a track knows its last engagement, and the last word on access however old', () => {
  const [track, ...others] = statusAt('2026-01-21T00:00:00Z').tracks;
  expect(others).toEqual([]);
  expect(track).toMatchObject({
    body: 'IAE',
    lastEngagement: id(4),
    within90Days: 1,
    recent: [id(4)],
    access: { value: 'granted', eventId: id(3) },
  });
});

test('an agreement stands as long as it holds, a measure as far as its latest report has it', () => {
  const { agreements, measures } = statusAt('2026-01-21T00:00:00Z');
  expect(agreements).toMatchObject([{ eventId: id(5), stage: 'Imp', document: 'JPA', inForce: true, endedBy: null }]);
  expect(measures).toMatchObject([
    { eventId: id(6), measure: 'prisoner_release', implementation: { value: 'completed', eventId: id(7) } },
  ]);
  expect(statusAt('2026-03-31T23:59:00Z').agreements).toMatchObject([{ inForce: true, endedAt: null }]);
  const ended = { inForce: false, endedAt: '2026-04-01T00:00:00Z', endedBy: id(13) };
  expect(statusAt('2026-04-01T00:00:00Z').agreements).toMatchObject([ended]);
});

test('a track counts what lies within 90 days, and less than that', () => {
  const within = (at: string) => statusAt(at).tracks[0]!.within90Days;
  expect([within('2026-04-14T23:59:00Z'), within('2026-04-15T00:00:00Z')]).toEqual([1, 0]);
});

test.each([
  ['2026-01-13T00:00:00Z', [9, 8]],
  ['2026-01-25T00:00:00Z', [10, 9, 8]],
  ['2026-01-25T00:01:00Z', [10, 9]],
  ['2026-01-28T00:01:00Z', [9]],
  ['2026-02-10T00:00:00Z', []],
])('at %s the demands %j are open', (at, expected) => {
  expect(statusAt(at).demands.map(({ eventId }) => eventId)).toEqual(expected.map(id));
});

test('a closed crisis says since when', () => {
  expect(statusAt('2026-02-28T23:59:00Z').closed).toBeNull();
  expect(statusAt('2026-03-01T00:00:00Z').closed).toEqual({ eventId: id(12), occurredAt: '2026-03-01T00:00:00Z' });
});
