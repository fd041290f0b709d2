import fc from 'fast-check';
import { LEVELS, type StoredEvent } from '#event-log';
import { CrisisFold } from './crisis-fold';
import { selectEvents, type EffectiveVersion } from './effective-events';
import { Moment } from './instant';
import { modelOf } from './models';
import { projections } from './index';
import { MemoryCrisis } from './spec/memory-crisis';
import { randomLog, START } from './spec/random-log';
import { recorded, type WireEvent } from './spec/recorded-events';

const MINUTE_MS = 60_000;
/** Longer than the horizon of 42 weeks, so that much of a log is forgotten. */
const DAYS = 900;
const MOMENT = fc.integer({ min: 0, max: DAYS * 1440 }).map((minute) => new Moment(START + minute * MINUTE_MS));

/** A record of one crisis, which counts how often one event is looked up. */
class OneCrisis {
  lookedUp = 0;

  private constructor(readonly events: readonly StoredEvent[]) {}

  static of(events: readonly WireEvent[]): OneCrisis {
    const stored = recorded(events).map(({ body, ...event }) => ({
      ...event,
      schemaVersion: 1,
      body: JSON.stringify(body),
    }));
    return new OneCrisis(stored as unknown as StoredEvent[]);
  }

  at(position: number): StoredEvent | undefined {
    this.lookedUp++;
    return this.events[position];
  }

  find(_stream: string, id: string): StoredEvent | undefined {
    this.lookedUp++;
    return this.events.find((event) => event.id === id);
  }
}

const foldOf = (log: OneCrisis, since: Moment): CrisisFold => {
  const fold = new CrisisFold(log, 'crisis-random', since.minute);
  log.events.forEach((event) => fold.add(event));
  return fold;
};

test('what a fold keeps gives the views of everything, byte for byte', () => {
  let [left, lookedUp] = [0, 0];
  fc.assert(
    fc.property(
      randomLog(60, DAYS),
      MOMENT,
      MOMENT,
      fc.nat(60),
      fc.nat(LEVELS.length - 1),
      (events, a, b, asOf, level) => {
        const [since, at] = a.minute <= b.minute ? [a, b] : [b, a];
        const log = OneCrisis.of(events);
        const everything = new MemoryCrisis(recorded(events));
        const frame = everything.frame(asOf, level, at);
        const viewOf = (s: readonly EffectiveVersion[]): string =>
          JSON.stringify(Object.values(projections).map(({ view }) => view(modelOf(frame).situationOf(frame, s, at))));
        const all = selectEvents(everything.versions, asOf, level, at.minute);
        const kept = foldOf(log, since).effectiveEvents(asOf, level, at.minute);
        left += all.length - kept.length;
        lookedUp += log.lookedUp;
        expect(viewOf(kept)).toBe(viewOf(all));
      },
    ),
    { numRuns: 400 },
  );
  expect(left).toBeGreaterThan(0);
  expect(lookedUp).toBeGreaterThan(0);
});

test('a fold is for the moments it was made for', () => {
  const [since, before] = [new Moment(START), new Moment(START - MINUTE_MS)];
  const fold = foldOf(OneCrisis.of([]), since);
  expect(fold.effectiveEvents(0, 4, since.minute)).toEqual([]);
  expect(() => fold.effectiveEvents(0, 4, before.minute)).toThrow(RangeError);
});

describe('of reports that have lost their weight', () => {
  const NOW = new Moment(START + DAYS * 1440 * MINUTE_MS);
  const LONG_AGO = '2026-01-02T00:00:00Z';
  const id = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;
  const statement = (n: number, fields: object): WireEvent => ({
    eventId: id(n),
    type: 'OfficialStatementIssued',
    occurredAt: LONG_AGO,
    tlp: 'CLEAR',
    data: {},
    ...fields,
  });
  const today = { occurredAt: new Date(START + DAYS * 1440 * MINUTE_MS).toISOString() };
  const amendment = (n: number, type: string, data: object) => statement(n, { type, data });
  const kept = (...events: WireEvent[]): string[] =>
    foldOf(OneCrisis.of(events), NOW)
      .effectiveEvents(Infinity, 4, NOW.minute)
      .map(({ eventId }) => eventId);

  const old = statement(1, { incidentId: 'a' });
  const recent = statement(2, { ...today, incidentId: 'a' });

  test.each([
    ['none is kept beside one that counts', [old, statement(2, today)], [2]],
    ['all are kept where nothing else counts', [old, statement(2, { auxiliary: 'future' })], [1, 2]],
    ['one is kept with a recent one of its incident', [old, recent], [1, 2]],
    ['none with one of another type', [old, statement(2, { ...today, incidentId: 'a', type: 'StrikeReported' })], [2]],
    ['one that was retracted is not', [old, recent, amendment(3, 'EventRetracted', { target: id(1) })], [2]],
    [
      'one that was corrected into something recent is',
      [old, amendment(3, 'EventCorrected', { target: id(1), content: { type: old.type, ...today } })],
      [1],
    ],
  ])('%s', (_, events, ids) => expect(kept(...events)).toEqual(ids.map(id)));
});
