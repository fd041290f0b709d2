import fc from 'fast-check';
import { inOrder } from './effective-events';
import { Extremes } from './extremes';
import { Incidents, type Incident } from './incidents';
import { Moment } from './instant';
import { Parties } from './parties';
import { MemoryCrisis } from './spec/memory-crisis';
import { opened, randomLog, START } from './spec/random-log';
import { recorded } from './spec/recorded-events';

const AT = new Moment(START + 100 * 86_400_000);

const foldOf = (crisis: MemoryCrisis): [Incidents, Extremes] => {
  const extremes = new Extremes(-Infinity);
  return [new Incidents(new Parties(crisis.frame(Infinity, 4, AT)), extremes), extremes];
};

const shape = (incidents: Incidents): [string, string[]][] =>
  Object.values(incidents.byType())
    .flat()
    .map(({ id, silent }: Incident) => [id, silent.map(({ version }) => version.eventId).sort()]);

test('incidents and stocks are those of the set, in whatever order its events came and whatever came and went', () => {
  fc.assert(
    fc.property(randomLog(40, 20), fc.infiniteStream(fc.nat()), (log, random) => {
      const crisis = new MemoryCrisis(recorded(log));
      const all = crisis.versions.filter(
        (version) => version.knownTo === null && version.levelTo === 4 && version.facts.counts,
      );
      const kept = all.filter((_, i) => i % 3 !== 0);
      const shuffled = all.map((version) => ({ version, key: random.next().value! })).sort((a, b) => a.key - b.key);

      const [directly, directExtremes] = foldOf(crisis);
      for (const version of kept.toSorted(inOrder)) directly.add(version);
      const [roundabout, roundaboutExtremes] = foldOf(crisis);
      for (const { version } of shuffled) roundabout.add(version);
      for (const version of all) if (!kept.includes(version)) roundabout.remove(version);

      expect(shape(roundabout)).toEqual(shape(directly));
      for (const list of Object.values(directly.byType()))
        expect(list.map(({ speaker }) => speaker.version)).toEqual(
          list.map(({ speaker }) => speaker.version).sort(inOrder),
        );
      for (const sign of ['escalating', 'relieving'] as const) {
        expect(roundaboutExtremes[sign].stock(AT.minute)).toBe(directExtremes[sign].stock(AT.minute));
        expect(directExtremes[sign].stockOverTime()(AT.minute)).toBe(directExtremes[sign].stock(AT.minute));
      }
    }),
  );
});

describe('a state lasts', () => {
  const report = (eventId: string, day: number, fields: object = {}) => ({
    eventId,
    type: 'StrikeReported',
    occurredAt: new Date(START + day * 86_400_000).toISOString(),
    cameoCode: '191',
    actors: [{ code: 'USA' }],
    recipients: [{ code: 'IRN' }],
    ...fields,
  });
  const state = (fields: object = {}) => report('state', 10, { ongoing: true, ...fields });
  const endOf = (events: ReturnType<typeof report>[]) => {
    const crisis = new MemoryCrisis(recorded([opened, ...events]));
    const [incidents] = foldOf(crisis);
    for (const version of crisis.versions.toSorted(inOrder)) incidents.add(version);
    return incidents
      .byType()
      .StrikeReported.find(({ id }) => id === 'state')!
      .endedBy()?.id;
  };

  test.each([
    ['until an event ends it', 'b', [state(), report('b', 20, { ends: ['state'] })]],
    ['until the first', 'c', [state(), report('b', 20, { ends: ['state'] }), report('c', 15, { ends: ['state'] })]],
    ['through an end before it began', undefined, [state(), report('b', 9, { ends: ['state'] })]],
    ['no longer than an end as it began', 'b', [state(), report('b', 10, { ends: ['state'] })]],
    [
      'until a report of it ends',
      'c',
      [state(), report('b', 11, { incidentId: 'state' }), report('c', 12, { ends: ['b'] })],
    ],
    ['through what it says of itself', undefined, [state({ ends: ['b'] }), report('b', 9, { incidentId: 'state' })]],
  ])('%s', (_what, end, events) => expect(endOf(events)).toBe(end));
});
