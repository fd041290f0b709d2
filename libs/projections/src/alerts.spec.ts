import type { Alerts } from './alerts';
import { edgesOf } from './edges';
import { Moment } from './instant';
import { MemoryCrisis } from './spec/memory-crisis';
import { opened, START } from './spec/random-log';
import { recorded, type WireEvent } from './spec/recorded-events';

const DAY_MS = 86_400_000;
const VERIFIED = { sources: [{ name: 's', reliability: 'A', credibility: 1 }] };

const report = (type: string, cameoCode: string, fields: object = {}): WireEvent => ({
  eventId: `${cameoCode} ${JSON.stringify(fields)}`,
  type,
  occurredAt: new Date(START).toISOString(),
  cameoCode,
  actors: [{ code: 'IRN' }],
  recipients: [{ code: 'USA' }],
  data: {},
  ...fields,
});

/** A day and `days` later, as if nothing more had happened. */
const viewAfter = (days: number, ...events: WireEvent[]) =>
  new MemoryCrisis(recorded([opened, ...events])).view(new Moment(START + days * DAY_MS)) as unknown as {
    alerts: Alerts;
    level: number;
    levelReported: number;
    openLegs: string[];
  };

test.each([
  ['StrikeReported', '190', 3],
  ['StrikeReported', '152', 2],
  ['OfficialStatementIssued', '130', 2],
  ['OfficialStatementIssued', '138', 2],
  ['SanctionsStatementIssued', '163', 2],
  ['SanctionsStatementIssued', '162', 1],
  ['StrikeReported', '173', 1],
  ['OfficialStatementIssued', '111', 1],
  ['OfficialStatementIssued', '010', 0],
])('%s %s is of level %i, once it is verified', (type, code, level) => {
  expect(viewAfter(1, report(type, code, VERIFIED))).toMatchObject({ level, levelReported: level });
  expect(viewAfter(1, report(type, code))).toMatchObject({ level: 0, levelReported: level });
  expect(viewAfter(30, report(type, code, VERIFIED))).toMatchObject({ level: 0, levelReported: 0 });
});

test.each([
  ['a strike that waits for an answer', report('StrikeReported', '190', VERIFIED), 'on'],
  ['a threat of force', report('OfficialStatementIssued', '138', VERIFIED), 'on'],
  ['an ultimatum', report('OfficialStatementIssued', '139', VERIFIED), 'on'],
  ['another threat', report('OfficialStatementIssued', '130', VERIFIED), 'off'],
  ['an unverified strike', report('StrikeReported', '190'), 'unverified'],
  ['an unverified ultimatum', report('OfficialStatementIssued', '139'), 'unverified'],
  ['a strike in some week', report('StrikeReported', '190', { ...VERIFIED, timePrecision: 2 }), 'unverified'],
  ['an unverified posture', report('StrikeReported', '152'), 'off'],
  [
    'a threat to a mediator',
    report('OfficialStatementIssued', '138', { ...VERIFIED, recipients: [{ code: 'OMN' }] }),
    'off',
  ],
])('conflict risk of %s, and none 14 days later', (_what, event, state) => {
  expect(viewAfter(1, event).alerts.conflictRisk.state).toBe(state);
  expect(viewAfter(14, event).alerts.conflictRisk.state).toBe('off');
});

/** Of the side of IRN; what the other side does and the channel are there. */
test.each([
  ['an intent of its own', report('OfficialStatementIssued', '030'), true],
  [
    'an intent of the other towards it',
    report('OfficialStatementIssued', '030', { actors: [{ code: 'USA' }], recipients: [{ code: 'IRN' }] }),
    false,
  ],
  ['an optimistic word', report('OfficialStatementIssued', '013'), false],
  [
    'a round of talks',
    report('MediationContactReported', '046', { actors: [{ code: 'OMN' }], recipients: [{ code: 'IRN' }] }),
    true,
  ],
  ['a round refused', report('MediationContactReported', '046', { data: { outcome: 'refused' } }), false],
  ['a round broken off', report('MediationContactReported', '046', { data: { outcome: 'broken_off' } }), false],
  ['a phone call', report('MediationContactReported', '041'), false],
])('resolution opportunity by %s: %s', (_what, event, state) => {
  const ready = [
    report('OfficialStatementIssued', '030', {
      eventId: 'other side',
      actors: [{ code: 'ISR' }],
      recipients: [{ code: 'OMN' }],
    }),
    report('MediationContactReported', '041', {
      eventId: 'channel',
      actors: [{ code: 'OMN' }],
      recipients: [{ code: 'USA' }],
      occurredAt: new Date(START + DAY_MS).toISOString(),
    }),
  ];
  expect(viewAfter(1, event, ...ready).alerts.resolutionOpportunity.state).toBe(state);
  expect(viewAfter(28, event, ...ready).alerts.resolutionOpportunity.state).toBe(false);
});

test.each([
  ['IRN', 'USA'],
  ['USA', 'IRN'],
])('the opportunity runs out with the willingness of %s, though %s shows it later', (first, then) => {
  const intent = (code: string, day: number) =>
    report('OfficialStatementIssued', '030', {
      actors: [{ code }],
      recipients: [{ code: 'OMN' }],
      occurredAt: new Date(START + day * DAY_MS).toISOString(),
    });
  const contact = report('MediationContactReported', '041', { actors: [{ code: 'OMN' }] });
  const crisis = new MemoryCrisis(recorded([opened, intent(first, 0), intent(then, 1), contact]));
  const at = (days: number) => new Moment(START + days * DAY_MS);
  expect(edgesOf(crisis.situation(at(2)))).toContain(at(28).minute);
});

test.each([
  [{}, true],
  [{ declaredProportionality: 'above' }, true],
  [{ declaredProportionality: 'unstated' }, true],
  [{ declaredProportionality: 'matching' }, false],
  [{ declaredProportionality: 'below' }, false],
  [{ declaredFinal: false }, true],
  [{ declaredFinal: true }, false],
])('a retaliation declared %j opens a leg: %s', (data, opens) => {
  const strike = report('RetaliationReported', '190', { ...VERIFIED, data });
  expect(viewAfter(1, strike).openLegs).toEqual(opens ? [strike.eventId] : []);
});

test.each([
  ['087', true],
  ['0871', true],
  ['0872', true],
  ['0873', true],
  ['0874', true],
  ['0841', false],
])('a confidence-building measure of code %s closes a leg: %s', (code, closes) => {
  const strike = report('StrikeReported', '190', VERIFIED);
  const later = { ...VERIFIED, occurredAt: new Date(START + DAY_MS).toISOString() };
  const measure = report('ConfidenceBuildingMeasureReported', code, later);
  expect(viewAfter(1, strike, measure).openLegs).toEqual(closes ? [] : [strike.eventId]);
});

test('a ceasefire with a mediator that was struck too leaves the leg between the sides open', () => {
  const strike = report('StrikeReported', '190', { ...VERIFIED, recipients: [{ code: 'USA' }, { code: 'OMN' }] });
  const ceasefire = (code: string): WireEvent =>
    report('ConfidenceBuildingMeasureReported', '0871', {
      ...VERIFIED,
      occurredAt: new Date(START + DAY_MS).toISOString(),
      recipients: [{ code }],
    });
  expect(viewAfter(1, strike, ceasefire('OMN')).openLegs).toEqual([strike.eventId]);
  expect(viewAfter(1, strike, ceasefire('USA')).openLegs).toEqual([]);
});
