import { Acknowledged, complaints, idsOf, Stored, streamOf } from './history';

const stored: Stored[] = [0, 1, 2, 3].flatMap((append) =>
  idsOf(0, append).map((id, i) => ({
    stream: streamOf(0),
    id,
    revision: append * 2 + i,
    position: append * 2 + i,
    recordedAt: 1_000 + append,
  })),
);
const answers: Acknowledged[] = stored.map((event) => ({ ...event, repeated: false }));
const without = (n: number) => stored.filter((_event, i) => i !== n);
const changed = (n: number, change: Partial<Stored>) =>
  stored.map((event, i) => (i === n ? { ...event, ...change } : event));

describe('the checker of histories', () => {
  it('has nothing to say of a sound one, nor of events nobody was told of', () => {
    expect(complaints(answers, stored)).toEqual([]);
    expect(complaints(answers.slice(0, 4), stored)).toEqual([]);
  });

  it.each<[string, Stored[], RegExp]>([
    ['a lost event', without(7), /^lost/],
    ['a lost pair at the end', stored.slice(0, 6), /^lost/],
    ['a hole', without(3), /^gap: position/],
    ['a hole in a stream', changed(7, { revision: 9 }), /^gap: crisis-k0 has 9/],
    ['a moved event', changed(2, { position: 3 }), /^moved/],
    ['another recorded time', changed(7, { recordedAt: 2_000 }), /^moved/],
    ['a duplicate', [...stored, { ...stored[7]!, revision: 8, position: 8 }], /^duplicates: 1/],
    ['half an array', [...stored, { ...stored[0]!, id: idsOf(0, 9)[0]!, revision: 8, position: 8 }], /^torn/],
    ['time that falls', changed(7, { recordedAt: 1 }), /^time falls/],
  ])('finds %s', (_fault, history, complaint) => {
    expect(complaints(answers, history)).toContainEqual(expect.stringMatching(complaint));
  });
});
