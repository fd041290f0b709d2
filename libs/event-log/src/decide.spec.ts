import { decide, Proposal, ProposedEvent, StreamFacts } from './decide';
import type { Level } from './event-log';
import { EventFacts, isInForce, levelInForce } from './markings';

const streamOf = (events: EventFacts[]): StreamFacts => {
  const byId = new Map(events.map((event) => [event.id, event]));
  const byTarget = Map.groupBy(events, ({ target }) => target);
  return {
    name: 'crisis-a',
    head: events.length - 1,
    find: (id) => byId.get(id),
    floor: () => (events.length === 0 ? undefined : (events[0]!.marking as Level)),
    identityOf: (id) => ({ contentHash: `hash of ${id}`, principal: 'desk' }),
    amendmentsOf: (id) => byTarget.get(id) ?? [],
    newestAfter: (revision) => events.slice(revision + 1).reverse(),
  };
};
const event = (id: string, fields: Partial<ProposedEvent> = {}): ProposedEvent => ({
  id,
  type: 'StrikeReported',
  marking: 'CLEAR',
  contentHash: `hash of ${id}`,
  references: [],
  ...fields,
});
const stored = (...events: ProposedEvent[]): StreamFacts =>
  streamOf(events.map(({ references: _references, ...facts }, revision) => ({ ...facts, revision })));
const proposal = (events: ProposedEvent[], fields: Partial<Proposal> = {}): Proposal => ({
  events,
  expected: 'any',
  writer: { principal: 'desk', level: 'RED' },
  ...fields,
});
const naming = (id: string) => [{ pointer: '/respondsTo/0', id }];

describe('the decision of an append', () => {
  it.each<[string, Proposal, unknown]>([
    ['new, expected and free of references: stored', proposal([event('c')]), 'append'],
    ['identity before expectation', proposal([event('a')], { expected: 'no_stream' }), 'repeat'],
    ['all of an array known, in any order', proposal([event('b'), event('a')], { expected: 7 }), 'repeat'],
    ['a taken id before expectation', proposal([event('a', { contentHash: 'x' })], { expected: 7 }), 'event-id-taken'],
    ['part of an array known', proposal([event('a'), event('c')]), 'event-id-taken'],
    [
      'expectation before references',
      proposal([event('c', { references: naming('x') })], { expected: 7 }),
      'wrong-expected-revision',
    ],
    ['a reference to nothing', proposal([event('c', { references: naming('x') })]), 'reference-not-found'],
    ['a reference within the array', proposal([event('c'), event('d', { references: naming('c') })]), 'append'],
    [
      'what its writer may not see, but stands in the same array',
      proposal([event('c', { marking: 'RED' }), event('d', { marking: 'RED', references: naming('c') })], {
        writer: { principal: 'low', level: 'CLEAR' },
      }),
      'append',
    ],
  ])('%s', (_case, proposal, outcome) => {
    const verdict = decide(proposal, stored(event('a'), event('b')));
    expect(typeof verdict === 'string' ? verdict : verdict.type).toBe(outcome);
  });

  it('is not exhausted by a chain of amendments, however long', () => {
    const length = 50_000;
    const chain = [event('0', { marking: 'AMBER' })];
    for (let i = 1; i < length; i++) chain.push(event(`${i}`, { marking: 'inherit', target: `${i - 1}` }));
    const stream = stored(...chain);
    expect(levelInForce(stream.find(`${length - 1}`)!, stream)).toBe('AMBER');
    // The last retraction holds, so the one before does not, and so on.
    expect(isInForce(stream.find('1')!, stream)).toBe(true);
    expect(isInForce(stream.find('2')!, stream)).toBe(false);
  });

  it('compares what is lowered with its marking before the array, however often the array marks it', () => {
    const target = { target: 'a', references: [{ pointer: '/data/target', id: 'a' }] };
    const correction = event('c', {
      ...target,
      type: 'EventCorrected',
      contentType: 'StrikeReported',
      marking: 'AMBER',
    });
    const changes = (['CLEAR', 'GREEN'] as const).map((marks) => event(marks, { ...target, marks }));
    const verdict = decide(proposal(changes), stored(event('a', { marking: 'AMBER' }), correction));
    expect(verdict).toMatchObject({ type: 'amendment-hidden', index: 0, target: 'a', marking: 'GREEN' });
  });

  it('takes a chain that ends nowhere for RED', () => {
    const stream = stored(event('a', { target: 'gone', marking: 'inherit' }));
    expect(levelInForce(stream.find('a')!, stream)).toBe('RED');
  });
});
