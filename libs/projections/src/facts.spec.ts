import { factsOf } from './facts';
import { codes, recorded } from './spec/recorded-events';
import { eightQOf } from './weights';

test.each([
  ['no source is F6', [], 4],
  ['a source that says nothing of itself is F6', [{}], 4],
  ['A1 is everything', [{ reliability: 'A', credibility: 1 }], 8],
  ['E5 is nothing', [{ reliability: 'E', credibility: 5 }], 0],
  ['half a grade has 6 for the other half', [{ reliability: 'A' }], 6],
  ['half a grade has F for the other half', [{ credibility: 1 }], 6],
  [
    'the best source counts',
    [
      { reliability: 'D', credibility: 4 },
      { reliability: 'B', credibility: 2 },
    ],
    6,
  ],
])('%s', (_, sources, eightQ) => {
  expect(eightQOf(sources)).toBe(eightQ);
});

const strike = {
  eventId: '00000000-0000-4000-8000-000000000001',
  type: 'StrikeReported',
  occurredAt: '2026-02-01T10:20:30Z',
  occurredUntil: '2026-02-02T00:00:00Z',
  cameoCode: '1951',
  actors: [{ code: 'IRNMIL', name: 'navy' }],
  onBehalfOf: [{ code: 'IRN' }],
  recipients: [{ code: 'USA' }],
  sources: [{ name: 'source', reliability: 'B', credibility: 2 }],
  incidentId: 'incident',
  respondsTo: ['earlier'],
  tlp: 'CLEAR',
  data: { weapons: ['drone'] },
};

test('the facts of a strike are plain data, with its code after fallback and its weight with its sign', () => {
  const facts = factsOf('StrikeReported', recorded([strike])[0]!.body, codes);
  expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
  expect(facts).toMatchObject({
    between: 'IRNMIL,IRN>USA',
    code: '195',
    kinetic: true,
    eightQ: 6,
    weight: -100 * 6 * 9,
    state: true,
    counts: true,
    incidentId: 'incident',
    respondsTo: ['earlier'],
    own: null,
  });
});

test('the same code told of by another type is not kinetic', () => {
  const facts = factsOf('OfficialStatementIssued', recorded([strike])[0]!.body, codes);
  expect([facts.kinetic, facts.weight]).toEqual([false, -100 * 6]);
});

test.each(['historical', 'future', 'hypothetical', 'negation'])('%s does not count', (auxiliary) => {
  expect(factsOf('StrikeReported', recorded([{ ...strike, auxiliary }])[0]!.body, codes).counts).toBe(false);
});

test('a code that nobody mapped weighs nothing', () => {
  const facts = factsOf('StrikeReported', recorded([{ ...strike, cameoCode: '99' }])[0]!.body, codes);
  expect([facts.code, facts.goldstein10, facts.weight]).toEqual(['', 0, 0]);
});

test.each([
  [{}, false],
  [{ occurredUntil: '2026-02-01T23:59:59Z' }, false],
  [{ occurredUntil: '2026-02-02T00:00:00Z' }, true],
  [{ occurredUntil: '2026-02-01T23:59:59Z', ongoing: true }, true],
  [{ ongoing: true }, true],
  [{ ongoing: false }, false],
])('what has %j is a state: %s', (fields, isState) => {
  const { occurredUntil: _none, ...begun } = strike;
  expect(factsOf('StrikeReported', recorded([{ ...begun, ...fields }])[0]!.body, codes).state).toBe(isState);
});
