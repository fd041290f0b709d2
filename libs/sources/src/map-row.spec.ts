import type { FeedRow } from './feed-row';
import { fitTo } from './frame';
import { ICEWS } from './icews';
import { type MappedEvent, mapRow } from './map-row';

const fit = fitTo(
  {
    sides: [{ members: ['USA', 'ISR'] }, { members: ['IRN'] }],
    mediators: ['OMN', 'QAT'],
    bodies: ['UNO', 'IAE', 'EEC'],
  },
  ['IRN'],
);

const end = (...codes: string[]) => ({ name: codes.join(' and '), actors: codes.map((code) => ({ code })) });

const row = (
  source: string | string[],
  cameoCode: string,
  target: string | string[],
  its: Partial<FeedRow> = {},
): FeedRow => ({
  feed: ICEWS,
  number: 1,
  day: '2014-06-15',
  cameoCode,
  source: end(...[source].flat()),
  target: end(...[target].flat()),
  ...its,
});

const ID = '4af4dd11-231c-55ea-a0aa-92f68b86c366';

const map = (its: FeedRow) => mapRow(its, fit, () => ID);

const event = (its: FeedRow): MappedEvent => {
  const mapped = map(its);
  if ('skipped' in mapped) throw new Error(mapped.skipped);
  return mapped.event;
};

test('a machine row has day precision, one source named after its feed, grade F6, and its marking written out', () => {
  const url = 'https://example.org/a';
  expect(
    event(row('IRNGOV', '111', 'USA', { text: 'Criticize or denounce', url, publishedAt: '2014-06-16T00:00:00Z' })),
  ).toEqual({
    eventId: ID,
    type: 'OfficialStatementIssued',
    occurredAt: '2014-06-15T00:00:00Z',
    timePrecision: 1,
    cameoCode: '111',
    actors: [{ code: 'IRNGOV' }],
    recipients: [{ code: 'USA' }],
    sources: [{ name: 'ICEWS', url, publishedAt: '2014-06-16T00:00:00Z', reliability: 'F', credibility: 6 }],
    tlp: 'CLEAR',
    summary: 'IRNGOV to USA: Criticize or denounce (CAMEO 111)',
    incidentId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
});

describe('types', () => {
  test.each([
    ['a strike', row('ISR', '195', 'IRN'), 'StrikeReported'],
    ['an answer to one, which no machine can tell', row('IRN', '194', 'ISR'), 'StrikeReported'],
    ['drones, which fall back to their parent code', row('ISR', '1951', 'IRN'), 'StrikeReported'],
    ['a visit', row('OMN', '042', 'IRN'), 'MediationContactReported'],
    ['a visit of a body', row('IAE', '042', 'IRN'), 'MultilateralEngagementReported'],
    ['a body visited', row('IRNGOV', '042', 'UNO'), 'MultilateralEngagementReported'],
    ['talks of three', row(['USA', 'GBR'], '046', 'IRN'), 'MultilateralEngagementReported'],
    ['talks of two, one with two roles', row(['USAGOV', 'USAMIL'], '046', 'IRN'), 'MediationContactReported'],
    ['an offer to meet, with a body', row('EEC', '036', 'IRN'), 'MediationContactReported'],
    ['an agreement', row('IRN', '057', 'OMN'), 'MultilateralEngagementReported'],
    ['sanctions', row('USA', '163', 'IRN'), 'SanctionsStatementIssued'],
    ['a release', row('IRN', '0841', 'USA'), 'ConfidenceBuildingMeasureReported'],
    ['a statement of a body', row('UNO', '111', 'IRN'), 'OfficialStatementIssued'],
  ])('%s', (_, its, type) => expect(event(its).type).toBe(type));
});

describe('own fields say only what the row says', () => {
  test.each([
    ['the body at an end', row('IRN', '040', 'IAE'), { body: { code: 'IAE' } }],
    ['no body among three states', row(['USA', 'GBR'], '046', 'IRN'), undefined],
    ['who mediates, where the verb says so', row('OMN', '045', 'IRN'), { mediator: { code: 'OMN' } }],
    ['no mediator where a party is said to mediate', row('IRN', '045', 'OMN'), undefined],
    ['no mediator of a visit', row('OMN', '042', 'IRN'), undefined],
    ['nothing of a strike', row('ISR', '195', 'IRN'), undefined],
  ])('%s', (_, its, data) => expect(event(its).data).toEqual(data));
});

describe('skipped', () => {
  const nobody = { name: 'Kofi Annan', actors: undefined };
  test.each([
    ['names no party of --about', row('USA', '111', 'ISR')],
    ['names no party of --about', row('USA', '111', [], { target: nobody })],
    ['an actor name that no rule resolves', row('IRN', '042', [], { target: nobody })],
    ['fits no pair of the crisis', row('IRN', '111', 'RUS')],
    ['fits no pair of the crisis', row('IRNGOV', '111', 'IRNOPP')],
    ['fits no pair of the crisis', row('IRN', '111', [])],
    ['code outside the scope of the log', row('IRN', '141', 'USA')],
    ['not a CAMEO code', row('IRN', '99', 'USA')],
    ['not a CAMEO code', row('IRN', '13y', 'USA')],
    ['not a CAMEO code', row('IRN', '', 'USA')],
  ])('%s', (skipped, its) => expect(map(its)).toEqual({ skipped }));

  test('asks for no id, so that the ordinals of equal rows count events only', () => {
    mapRow(row('IRN', '141', 'USA'), fit, () => {
      throw new Error('asked');
    });
  });
});

test.each(['BBC Monitoring', 'ftp://example.org/a', 'https://exa mple.org', 'https://', ''])(
  '%j is no address',
  (url) => {
    expect(event(row('IRN', '111', 'USA', { url })).sources).toEqual([
      { name: 'ICEWS', reliability: 'F', credibility: 6 },
    ]);
  },
);

test('a long summary is cut at 500 characters, not inside one', () => {
  const { summary } = event(row('IRN', '111', 'USA', { text: '🕊'.repeat(600) }));
  expect([...summary]).toHaveLength(500);
  expect(summary.isWellFormed()).toBe(true);
});
