import fc from 'fast-check';
import type { FeedRow } from './feed-row';
import { GDELT } from './gdelt';
import { ICEWS } from './icews';
import { correctionId, eventIds, incidentId, lineId } from './identity';

const row = (its: Partial<FeedRow>): FeedRow => ({
  feed: ICEWS,
  number: 1,
  day: '2014-01-01',
  cameoCode: '037',
  text: 'Express intent to settle dispute',
  source: { name: 'Mohammad Javad Zarif', actors: [{ code: 'IRNGOV' }] },
  target: { name: 'Qatar', actors: [{ code: 'QAT' }] },
  ...its,
});

// Computed by another program (Python's uuid). A change here would import every feed a second time.
describe('golden ids', () => {
  test.each([
    ['a GDELT row', row({ feed: GDELT, id: '881990832' }), 'b213e3cc-eefa-55f6-b4f8-6fd4339a0125'],
    ['an ICEWS row', row({ id: '926685 1995-01-01' }), '1b38f29f-ad7f-5735-8c01-4b414e7d706b'],
    ['a row without an id', row({}), '4af4dd11-231c-55ea-a0aa-92f68b86c366'],
  ])('%s', (_, its, id) => expect(eventIds()(its)).toBe(id));

  test('the second of two equal rows without an id', () => {
    const idOf = eventIds();
    expect([idOf(row({})), idOf(row({ target: { name: 'Oman', actors: [] } })), idOf(row({}))]).toEqual([
      '4af4dd11-231c-55ea-a0aa-92f68b86c366',
      expect.any(String),
      '21c467d0-1709-5d20-8f66-4746aadca67d',
    ]);
  });

  test('an incident', () => {
    const visit = row({ day: '2014-01-26', cameoCode: '042' });
    const id = '94d50a03-caa1-5384-82b5-50832ab7d086';
    expect(incidentId(visit, 'MediationContactReported', ['IRNGOV'], ['OMN'])).toBe(id);
  });

  test('a correction, and a line', () => {
    const content = { d: 2, a: [1, { c: 'x', b: null }] };
    expect(correctionId('4af4dd11-231c-55ea-a0aa-92f68b86c366', content)).toBe('00dff361-04c5-50ea-b7ef-4e02d858d21a');
    expect(lineId('{"type":"OfficialStatementIssued"}', 0)).toBe('8b378654-85d5-5c3e-bb95-4069a0e008c9');
  });
});

describe('an incident', () => {
  const idOf = (its: Partial<FeedRow>, source: string[], target: string[], type = 'MediationContactReported') =>
    incidentId(row({ cameoCode: '042', ...its }), type, source, target);
  const visit = idOf({}, ['IRNGOV'], ['OMN']);

  test('joins a visit and its hosting, told from either end', () => {
    expect(idOf({ cameoCode: '043' }, ['OMN'], ['IRNGOV'])).toBe(visit);
  });

  test.each([
    ['another day', idOf({ day: '2014-01-02' }, ['IRNGOV'], ['OMN'])],
    ['another code', idOf({ cameoCode: '044' }, ['IRNGOV'], ['OMN'])],
    ['another type', idOf({}, ['IRNGOV'], ['OMN'], 'MultilateralEngagementReported')],
    ['another end', idOf({}, ['IRNGOV'], ['QAT'])],
    ['another feed', idOf({ feed: GDELT }, ['IRNGOV'], ['OMN'])],
  ])('leaves %s apart', (_, other) => expect(other).not.toBe(visit));
});

test('ids depend on the file alone: reading it again, or more of it, changes none', () => {
  const rows = fc.array(fc.constantFrom('Qatar', 'Oman', 'Iraq').map((name) => row({ target: { name, actors: [] } })));
  fc.assert(
    fc.property(rows, rows, (first, more) => {
      const once = first.map(eventIds());
      const again = [...first, ...more].map(eventIds());
      expect(again.slice(0, once.length)).toEqual(once);
      expect(new Set(again).size).toBe(again.length);
    }),
  );
});

test('the order of an object’s members does not make another correction', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (content) => {
      const turned = Object.fromEntries(Object.entries(content).reverse());
      expect(correctionId('id', turned)).toBe(correctionId('id', content));
    }),
  );
});
