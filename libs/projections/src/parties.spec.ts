import type { Frame } from './frame';
import { Parties } from './parties';

const parties = new Parties({
  chapters: [
    {
      from: -Infinity,
      sides: [
        { name: 'government', members: ['IRN', 'OMNMIL'] },
        { name: 'rebels and others', members: ['IRNREB', 'USA'] },
      ],
      mediators: ['OMN', 'QAT', 'USA'],
      bodies: ['UNO', 'QAT'],
      issues: [],
    },
  ],
} as unknown as Frame);

test.each([
  ['IRN', 'IRN', 'side', 0],
  ['IRNGOV', 'IRN', 'side', 0],
  ['IRNREB', 'IRNREB', 'side', 1],
  ['IRNREBMIL', 'IRNREB', 'side', 1],
  ['OMNMIL', 'OMNMIL', 'side', 0],
  ['OMNGOV', 'OMN', 'mediator', -1],
  // Listed twice: its first role, in the order sides, mediators, bodies.
  ['USA', 'USA', 'side', 1],
  ['QAT', 'QAT', 'mediator', -1],
  ['UNOIAE', 'UNO', 'body', -1],
])('%s belongs to %s, the longest code that begins it: %s %i', (code, member, role, side) => {
  expect(parties.at(0).memberOf(code)).toMatchObject({ code: member, role, side });
});

test.each(['IR', 'IRAQ', 'MIRN', ''])('"%s" belongs to nobody', (code) =>
  expect(parties.at(0).memberOf(code)).toBeUndefined(),
);

test.each([
  ['IRNGOV>USA', ['IRN-USA']],
  ['IRN>IRNREB', ['IRN-IRNREB']],
  ['IRNREB,USA>USA', []],
  ['IRN,USA>OMN', ['IRN-OMN', 'USA-OMN']],
  ['OMN>UNO', []],
  ['OMN,UNO>IRN', ['OMN-IRN', 'UNO-IRN']],
  ['IRN,USA>', ['IRN-USA', 'USA-IRN']],
  ['IRN>CHN', []],
])('%s counts the pairs %j', (between, pairs) => {
  expect(parties.reach(between, 0).pairs.map(({ from, to }) => `${from.code}-${to.code}`)).toEqual(pairs);
});
