import { type EventType, InvalidEvent, definitions, parse } from '.';

const NOW = Date.parse('2026-11-01T12:00:00Z');
const ID = '0197a3c0-0000-7000-8000-000000000009';
const ABSENT = undefined;

type Tree = { [name: string]: unknown };

/** The example of a type with some values set, by JSON pointer; ABSENT takes the field away. */
const changed = (type: EventType, changes: Readonly<Record<string, unknown>>): object => {
  const element = JSON.parse(JSON.stringify(definitions.find((its) => its.type === type)!.example)) as Tree;
  for (const [pointer, value] of Object.entries(changes)) {
    const path = pointer.slice(1).split('/');
    const owner = path.slice(0, -1).reduce((its, name) => its[name] as Tree, element);
    if (value === ABSENT) delete owner[path.at(-1)!];
    else owner[path.at(-1)!] = value;
  }
  return element;
};

const complaints = (element: unknown): readonly (readonly [string, string])[] => {
  try {
    parse(element, { now: NOW, opening: (element as { type?: string } | null)?.type === 'CrisisOpened' });
    return [];
  } catch (error) {
    if (!(error instanceof InvalidEvent)) throw error;
    return error.violations.map(({ pointer, rule }) => [pointer, rule]);
  }
};

type Row = readonly [type: EventType, changes: Readonly<Record<string, unknown>>, pointer: string, rule: string];

// prettier-ignore
const rows: readonly Row[] = [
  // Fields that are not of the type
  ['StrikeReported', { '/colour': 'red' }, '/colour', 'unknown-field'],
  ['StrikeReported', { '/data/colour': 'red' }, '/data/colour', 'unknown-field'],
  ['StrikeReported', { '/actors/0/country': 'ISR' }, '/actors/0/country', 'unknown-field'],
  ['StrikeReported', { '/data/channel': 'direct' }, '/data/channel', 'unknown-field'],
  ['StrikeReported', { '/data/declaredFinal': true }, '/data/declaredFinal', 'unknown-field'],
  ['StrikeReported', { '/a~1b': 1 }, '/a~01b', 'unknown-field'],
  ['CrisisAmended', { '/actors': [{ code: 'IRN' }] }, '/actors', 'unknown-field'],
  ['CrisisAmended', { '/data/riskReference': 90 }, '/data/riskReference', 'unknown-field'],
  ['EventRetracted', { '/incidentId': 'x' }, '/incidentId', 'unknown-field'],
  ['AnalystAssessmentIssued', { '/cameoCode': '010' }, '/cameoCode', 'unknown-field'],
  ['AnalystAssessmentIssued', { '/cameoCode': '' }, '/cameoCode', 'unknown-field'],
  ['CrisisOpened', { '/cameoCode': '010' }, '/cameoCode', 'unknown-field'],
  // What the server derives
  ...['goldstein', 'subType', 'kinetic', 'schemaVersion', 'recordedAt', 'recordedBy', 'revision', 'position', 'crisisId']
    .map((name): Row => ['StrikeReported', { [`/${name}`]: 1 }, `/${name}`, 'derived-field']),
  ['EventCorrected', { '/data/content/goldstein': -10 }, '/data/content/goldstein', 'derived-field'],
  // What must be there
  ['StrikeReported', { '/occurredAt': ABSENT }, '/occurredAt', 'required'],
  ['StrikeReported', { '/cameoCode': ABSENT }, '/cameoCode', 'required'],
  ['StrikeReported', { '/actors': ABSENT, '/recipients': ABSENT }, '/actors', 'required'],
  ['StrikeReported', { '/actors': [], '/recipients': ABSENT }, '/actors', 'participants'],
  ['StrikeReported', { '/actors': ABSENT, '/recipients': [] }, '/recipients', 'participants'],
  ['StrikeReported', { '/actors/0/code': ABSENT }, '/actors/0/code', 'required'],
  ['StrikeReported', { '/sources/0/name': ABSENT }, '/sources/0/name', 'required'],
  ['StrikeReported', { '/location/lon': ABSENT }, '/location/lon', 'required'],
  ['StrikeReported', { '/data/fatalities': {} }, '/data/fatalities/best', 'required'],
  ['RetaliationReported', { '/respondsTo': ABSENT }, '/respondsTo', 'required'],
  ['RetaliationReported', { '/respondsTo': [] }, '/respondsTo', 'list'],
  ['MediationContactReported', { '/data/mediator': ABSENT, '/data/channel': 'back_channel' }, '/data/mediator', 'required'],
  ['MediationContactReported', { '/data/mediator': ABSENT, '/data/channel': 'shuttle' }, '/data/mediator', 'required'],
  ['MediationContactReported', { '/data/mediator': ABSENT }, '/data/mediator', 'required'],
  ['SanctionsStatementIssued', { '/data/party': ABSENT }, '/data/party', 'required'],
  ['AnalystAssessmentIssued', { '/data/basedOn': ABSENT }, '/data/basedOn', 'required'],
  ['AnalystAssessmentIssued', { '/data/basedOn': [] }, '/data/basedOn', 'list'],
  ['AnalystAssessmentIssued', { '/data': ABSENT }, '/data', 'required'],
  ['CrisisAmended', { '/data': {} }, '/data/sides', 'required'],
  ['CrisisOpened', { '/data/title': ABSENT }, '/data/title', 'required'],
  ['EventCorrected', { '/data/target': ABSENT }, '/data/target', 'required'],
  ['EventCorrected', { '/data/reason': ABSENT }, '/data/reason', 'required'],
  ['EventRetracted', { '/data/reason': ABSENT }, '/data/reason', 'required'],
  ['MarkingChanged', { '/data/marking': ABSENT }, '/data/marking', 'required'],
  // Absent means unknown; null means nothing
  ['StrikeReported', { '/summary': null }, '/summary', 'null'],
  ['StrikeReported', { '/occurredAt': null }, '/occurredAt', 'null'],
  ['StrikeReported', { '/data/weapons': null }, '/data/weapons', 'null'],
  ['StrikeReported', { '/data': null }, '/data', 'null'],
  ['StrikeReported', { '/tlp': null }, '/tlp', 'null'],
  // Vocabularies
  ['StrikeReported', { '/tlp': 'WHITE' }, '/tlp', 'vocabulary'],
  ['StrikeReported', { '/context': ['military', 'weather'] }, '/context/1', 'vocabulary'],
  ['StrikeReported', { '/auxiliary': 'rumour' }, '/auxiliary', 'vocabulary'],
  ['StrikeReported', { '/sources/0/reliability': 'b' }, '/sources/0/reliability', 'vocabulary'],
  ['StrikeReported', { '/data/weapons': ['trebuchet'] }, '/data/weapons/0', 'vocabulary'],
  ['StrikeReported', { '/data/targets/0/category': 'market' }, '/data/targets/0/category', 'vocabulary'],
  ['RetaliationReported', { '/data/declaredProportionality': 'fair' }, '/data/declaredProportionality', 'vocabulary'],
  ['MediationContactReported', { '/data/channel': 'toString' }, '/data/channel', 'vocabulary'],
  ['EventRetracted', { '/data/reason': false }, '/data/reason', 'vocabulary'],
  // Codes: agreement with the type is a table of its own in cameo.spec.ts
  ['StrikeReported', { '/cameoCode': '111' }, '/cameoCode', 'cameo-code'],
  ['StrikeReported', { '/cameoCode': '999' }, '/cameoCode', 'cameo-code'],
  ['StrikeReported', { '/cameoCode': 195 }, '/cameoCode', 'cameo-code'],
  ['StrikeReported', { '/cameoCode': '19500' }, '/cameoCode', 'cameo-code'],
  ['StrikeReported', { '/cameoCode': '1' }, '/cameoCode', 'cameo-code'],
  ['StrikeReported', { '/actors/0/code': 'irn' }, '/actors/0/code', 'actor-code'],
  ['StrikeReported', { '/actors/0/code': 'E3' }, '/actors/0/code', 'actor-code'],
  ['StrikeReported', { '/actors/0/code': 'IRN\n' }, '/actors/0/code', 'actor-code'],
  ['StrikeReported', { '/location/iso3': 'IR' }, '/location/iso3', 'iso3'],
  ['CrisisOpened', { '/data/issues': ['Frozen assets'] }, '/data/issues/0', 'slug'],
  ['OfficialStatementIssued', { '/data/language': 'english please' }, '/data/language', 'language'],
  // Ids
  ['StrikeReported', { '/eventId': ID.toUpperCase() }, '/eventId', 'uuid'],
  ['StrikeReported', { '/eventId': `urn:uuid:${ID}` }, '/eventId', 'uuid'],
  ['StrikeReported', { '/eventId': '$all' }, '/eventId', 'uuid'],
  ['StrikeReported', { '/ends': ['wave-1'] }, '/ends/0', 'reference'],
  ['RetaliationReported', { '/respondsTo': [ID, ID] }, '/respondsTo', 'list'],
  ['EventRetracted', { '/data/target': '..%2f' }, '/data/target', 'reference'],
  ['EventRetracted', { '/data/duplicateOf': 7 }, '/data/duplicateOf', 'reference'],
  // Times
  ['StrikeReported', { '/occurredAt': '2025-06-13' }, '/occurredAt', 'date-time'],
  ['StrikeReported', { '/occurredAt': '2025-06-13T00:30:00' }, '/occurredAt', 'date-time'],
  ['StrikeReported', { '/occurredAt': '2025-06-13T00:30:00+00:00' }, '/occurredAt', 'date-time'],
  ['StrikeReported', { '/occurredAt': '2025-06-13t00:30:00z' }, '/occurredAt', 'date-time'],
  ['StrikeReported', { '/occurredAt': '2025-06-13T00:30:00.1234Z' }, '/occurredAt', 'date-time'],
  ['StrikeReported', { '/occurredAt': '2026-02-30T00:00:00Z' }, '/occurredAt', 'date-time'],
  ['StrikeReported', { '/occurredAt': '2025-02-29T00:00:00Z' }, '/occurredAt', 'date-time'],
  ['StrikeReported', { '/occurredAt': '2025-06-13T24:00:00Z' }, '/occurredAt', 'date-time'],
  ['StrikeReported', { '/occurredAt': '2016-12-31T23:59:60Z' }, '/occurredAt', 'date-time'],
  ['StrikeReported', { '/occurredAt': '1899-12-31T23:59:59Z' }, '/occurredAt', 'date-time'],
  ['StrikeReported', { '/occurredAt': '+275760-09-13T00:00:00Z' }, '/occurredAt', 'date-time'],
  ['StrikeReported', { '/occurredAt': 1749774600000 }, '/occurredAt', 'date-time'],
  ['StrikeReported', { '/occurredAt': '2026-11-02T12:00:00.001Z' }, '/occurredAt', 'too-far-ahead'],
  ['StrikeReported', { '/occurredAt': '2026-11-03T00:00:00Z', '/auxiliary': 'hypothetical' }, '/occurredAt', 'too-far-ahead'],
  ['CrisisAmended', { '/occurredAt': '2027-01-01T00:00:00Z' }, '/occurredAt', 'too-far-ahead'],
  ['EventCorrected', { '/data/content/occurredAt': '2027-01-01T00:00:00Z' }, '/data/content/occurredAt', 'too-far-ahead'],
  ['StrikeReported', { '/occurredUntil': '2025-06-13T00:29:59.999Z' }, '/occurredUntil', 'order'],
  ['SanctionsStatementIssued', { '/data/effectiveFrom': '2025-06-02T00:00:00Z', '/data/effectiveUntil': '2025-06-01T00:00:00Z' }, '/data/effectiveUntil', 'order'],
  // Numbers
  ['StrikeReported', { '/timePrecision': 4 }, '/timePrecision', 'integer'],
  ['StrikeReported', { '/timePrecision': '1' }, '/timePrecision', 'integer'],
  ['StrikeReported', { '/sources/0/credibility': 0 }, '/sources/0/credibility', 'integer'],
  ['StrikeReported', { '/location/lat': 90.0001 }, '/location/lat', 'degrees'],
  ['StrikeReported', { '/location/lon': -0 }, '/location/lon', 'degrees'],
  ['StrikeReported', { '/location/geoPrecision': 8 }, '/location/geoPrecision', 'integer'],
  ['StrikeReported', { '/data/intercepted': -1 }, '/data/intercepted', 'integer'],
  ['StrikeReported', { '/data/intercepted': 1.5 }, '/data/intercepted', 'integer'],
  ['StrikeReported', { '/data/intercepted': 1e12 }, '/data/intercepted', 'integer'],
  ['StrikeReported', { '/data/fatalities': { low: 5, best: 2 } }, '/data/fatalities/best', 'order'],
  ['StrikeReported', { '/data/fatalities': { best: 5, high: 2 } }, '/data/fatalities/high', 'order'],
  ['StrikeReported', { '/data/fatalities': { low: 5, high: 2 } }, '/data/fatalities/high', 'order'],
  ['StrikeReported', { '/data/jointOperation': 'no' }, '/data/jointOperation', 'flag'],
  ['AnalystAssessmentIssued', { '/data/hiikLevel': 6 }, '/data/hiikLevel', 'integer'],
  ['SanctionsStatementIssued', { '/data/issues/0/position': 5 }, '/data/issues/0/position', 'integer'],
  ['SanctionsStatementIssued', { '/data/issues/0/weight': 0 }, '/data/issues/0/weight', 'integer'],
  ['CrisisOpened', { '/data/riskReference': 0 }, '/data/riskReference', 'integer'],
  ['CrisisOpened', { '/data/riskReference': 1001 }, '/data/riskReference', 'integer'],
  ['ModelActivated', { '/data/parameters': { riskReference: 0.5 } }, '/data/parameters/riskReference', 'integer'],
  ['ModelActivated', { '/data/parameters': { halfLifeHours: 24 } }, '/data/parameters/halfLifeHours', 'unknown-field'],
  ['ModelActivated', { '/data/model': '99' }, '/data/model', 'vocabulary'],
  // Text
  ['StrikeReported', { '/summary': 'x'.repeat(501) }, '/summary', 'text'],
  ['StrikeReported', { '/summary': '🕊'.repeat(501) }, '/summary', 'text'],
  ['StrikeReported', { '/summary': ' \n ' }, '/summary', 'text'],
  ['StrikeReported', { '/summary': 'a\u0000b' }, '/summary', 'text'],
  ['StrikeReported', { '/summary': 'a\ud800b' }, '/summary', 'text'],
  ['StrikeReported', { '/incidentId': 'wave\u202e1' }, '/incidentId', 'label'],
  ['StrikeReported', { '/incidentId': 'wave\u20671' }, '/incidentId', 'label'],
  ['StrikeReported', { '/incidentId': 'cafe\u0301' }, '/incidentId', 'label'],
  ['StrikeReported', { '/incidentId': 'wave\r\n1' }, '/incidentId', 'label'],
  ['StrikeReported', { '/incidentId': 'x'.repeat(201) }, '/incidentId', 'label'],
  ['StrikeReported', { '/sources/0/name': '' }, '/sources/0/name', 'label'],
  ['StrikeReported', { '/sources/0/url': 'javascript:alert(1)' }, '/sources/0/url', 'url'],
  ['StrikeReported', { '/sources/0/url': 'http://[' }, '/sources/0/url', 'url'],
  // Lists and objects
  ['StrikeReported', { '/actors': { code: 'IRN' } }, '/actors', 'list'],
  ['StrikeReported', { '/actors': ['IRN'] }, '/actors/0', 'object'],
  ['StrikeReported', { '/actors': [[]] }, '/actors/0', 'object'],
  ['StrikeReported', { '/actors': Array(51).fill({ code: 'IRN' }) }, '/actors', 'list'],
  ['StrikeReported', { '/sources': Array(51).fill({ name: 'x' }) }, '/sources', 'list'],
  ['StrikeReported', { '/data': [] }, '/data', 'object'],
  ['StrikeReported', { '/data/weapons': ['drone', 'drone'] }, '/data/weapons', 'list'],
  ['CrisisOpened', { '/data/sides': [{ name: 'Iran', members: ['IRN'] }] }, '/data/sides', 'list'],
  ['CrisisOpened', { '/data/sides/1/name': 'Iran' }, '/data/sides', 'distinct'],
  ['CrisisOpened', { '/data/sides/1/members': ['USA', 'IRN'] }, '/data/sides', 'distinct'],
  ['CrisisOpened', { '/data/sides/1/members': [] }, '/data/sides/1/members', 'list'],
  ['CrisisOpened', { '/data/sides/1/members/1': 'Israel' }, '/data/sides/1/members/1', 'actor-code'],
  ['SanctionsStatementIssued', { '/data/issues/1/issue': 'oil' }, '/data/issues', 'distinct'],
  // Corrections
  ['EventCorrected', { '/data/content/tlp': 'CLEAR' }, '/data/content/tlp', 'unknown-field'],
  ['EventCorrected', { '/data/content/eventId': ID }, '/data/content/eventId', 'unknown-field'],
  ['EventCorrected', { '/data/content/type': 'CrisisAmended' }, '/data/content', 'event-type'],
  ['EventCorrected', { '/data/content/type': 'EventCorrected' }, '/data/content', 'event-type'],
  ['EventCorrected', { '/data/content/type': ABSENT }, '/data/content', 'event-type'],
  ['EventCorrected', { '/data/content/type': 'OfficialStatementIssued', '/data/content/data': {} }, '/data/content/cameoCode', 'cameo-code'],
  ['EventCorrected', { '/data/content/type': 'RetaliationReported' }, '/data/content/respondsTo', 'required'],
  ['EventCorrected', { '/data/content/data/weapons/0': 'x' }, '/data/content/data/weapons/0', 'vocabulary'],
  ['EventCorrected', { '/data/content': 'StrikeReported' }, '/data/content', 'event-type'],
];

test.each(rows)('%s with %j: %s %s', (type, changes, pointer, rule) => {
  expect(complaints(changed(type, changes))).toEqual([[pointer, rule]]);
});

test.each([
  ['a list', []],
  ['a string', 'StrikeReported'],
  ['null', null],
])('%s is no event', (_, element) => {
  expect(complaints(element)).toEqual([['', 'object']]);
});

test.each([
  ['absent', {}, 'required'],
  ['null', { type: null }, 'event-type'],
  ['unknown', { type: 'StrikeMade' }, 'event-type'],
  ['a name of Object', { type: '__proto__' }, 'event-type'],
  ['a list', { type: ['StrikeReported'] }, 'event-type'],
])('a type that is %s', (_, element, rule) => {
  expect(complaints(element)).toEqual([['/type', rule]]);
});

test('all that is wrong is said at once', () => {
  const element = changed('StrikeReported', {
    '/tlp': 'WHITE',
    '/actors/0/code': 'x',
    '/data/clarity': 9,
    '/goldstein': 1,
  });
  expect(
    complaints(element)
      .map(([pointer]) => pointer)
      .toSorted(),
  ).toEqual(['/actors/0/code', '/data/clarity', '/goldstein', '/tlp']);
});

test.each<[string, Readonly<Record<string, unknown>>, string]>([
  ['a marking of TLP 1', { '/tlp': 'WHITE' }, '/tlp: tlp must be one of CLEAR, GREEN, AMBER, AMBER+STRICT, RED'],
  ['a code as a number', { '/cameoCode': 45 }, 'this is not one: text of 2 to 4 digits, such as "045"'],
  [
    'a code that there is not',
    { '/cameoCode': '999' },
    'cameoCode must be a CAMEO code of a strike; there is no code 999',
  ],
  ['an own field at the top', { '/clarity': 2 }, '/clarity: this stands inside data, as /data/clarity'],
  ['a common field inside data', { '/data/summary': 'x' }, '/data/summary: this stands beside data, not inside it'],
])('a complaint says what would be right: %s', (_, changes, says) => {
  expect(() => parse(changed('StrikeReported', changes), { now: NOW })).toThrow(says);
});

test.each<[string, EventType, Readonly<Record<string, unknown>>]>([
  ['one day ahead to the millisecond', 'StrikeReported', { '/occurredAt': '2026-11-02T12:00:00.000Z' }],
  [
    'announced for next year',
    'OfficialStatementIssued',
    { '/occurredAt': '2027-11-01T00:00:00Z', '/auxiliary': 'future' },
  ],
  ['over as it began', 'StrikeReported', { '/occurredUntil': '2025-06-13T00:30:00Z' }],
  ['known exactly', 'StrikeReported', { '/data/fatalities': { low: 5, best: 5, high: 5 } }],
  ['a state that ends in years', 'StrikeReported', { '/occurredUntil': '2031-01-01T00:00:00Z' }],
  ['29 February of a leap year', 'StrikeReported', { '/occurredAt': '2024-02-29T23:59:59.9Z' }],
  ['a machine-coded row without own fields', 'StrikeReported', { '/data': ABSENT, '/recipients': [] }],
  ['nobody acted, somebody was hit', 'StrikeReported', { '/actors': ABSENT }],
  ['500 pigeons', 'StrikeReported', { '/summary': '🕊'.repeat(500) }],
  ['names in other scripts', 'StrikeReported', { '/actors/0/name': 'سپاه پاسداران', '/sources/0/name': 'Ḥadīth' }],
  [
    'a direct contact without a mediator',
    'MediationContactReported',
    { '/data/channel': 'direct', '/data/mediator': ABSENT },
  ],
  ['a list of mediators emptied', 'CrisisAmended', { '/data': { mediators: [] } }],
])('%s is fine', (_, type, changes) => {
  expect(complaints(changed(type, changes))).toEqual([]);
});

describe('opening a crisis', () => {
  const { example } = definitions.find((its) => its.type === 'CrisisOpened')!;

  test('is the only way to send CrisisOpened', () => {
    expect(() => parse(example, { now: NOW })).toThrow('[opening]');
    expect(parse(example, { now: NOW, opening: true })).toMatchObject({ type: 'CrisisOpened' });
  });

  test('takes nothing else', () => {
    const strike = changed('StrikeReported', {});
    expect(() => parse(strike, { now: NOW, opening: true })).toThrow('[opening]');
  });
});
