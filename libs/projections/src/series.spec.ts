import fc from 'fast-check';
import { Moment } from './instant';
import { risk, type Risk } from './risk';
import { seriesOf } from './series';
import { MemoryCrisis } from './spec/memory-crisis';
import { randomLog, START } from './spec/random-log';
import { recorded } from './spec/recorded-events';

const START_MINUTE = START / 60_000;
const DAY = 1440;

const printed = ({ at, risk, diplomacyGauge, escalation, diplomacy, omega }: Risk) => ({
  at,
  risk,
  diplomacyGauge,
  escalation: escalation.stock,
  diplomacy: diplomacy.stock,
  omega,
});

test.each(['now', 'then'])('with what is known %s every point is what the view says of its moment', (knowledge) => {
  fc.assert(
    fc.property(randomLog(30, 400), fc.nat(4), fc.nat(300), (log, level, start) => {
      const crisis = new MemoryCrisis(recorded(log));
      const from = START_MINUTE + start * DAY + 61;
      const times = Array.from({ length: 21 }, (_, i) => from + i * 5 * DAY);
      // Then: an event becomes known every four days.
      const asOf = (time: number) => (knowledge === 'now' ? log.length : Math.floor((time - from) / (4 * DAY)));
      const series = seriesOf({
        versions: crisis.versions,
        level,
        times,
        asOf,
        frame: (position) => crisis.frame(position, level, Moment.of(times.at(-1)!)),
      });
      const views = times.map((time) => printed(risk.view(crisis.situation(Moment.of(time), asOf(time), level))));
      expect(series).toEqual(views);
    }),
  );
});

test('before the crisis was known a point says nothing', () => {
  const [point] = seriesOf({ versions: [], level: 4, times: [START_MINUTE], asOf: () => -1, frame: () => undefined });
  expect(point).toEqual({
    at: '2026-01-01T00:00:00Z',
    risk: null,
    diplomacyGauge: null,
    escalation: null,
    diplomacy: null,
    omega: null,
  });
});
