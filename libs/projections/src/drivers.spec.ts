import fc from 'fast-check';
import { MAX_DRIVERS, type Driver, type OtherDrivers } from './drivers';
import { gauge, ONE_POINT, sharesOf } from './gauges';
import { Moment } from './instant';
import { risk } from './risk';
import { MemoryCrisis } from './spec/memory-crisis';
import { randomLog, START } from './spec/random-log';
import { recorded } from './spec/recorded-events';

const thousandths = (rows: readonly (Driver | OtherDrivers)[]): number =>
  rows.reduce((sum, { share }) => sum + Math.round(share * 1000), 0);

test('shares add up to the gauge exactly, and each is within a thousandth of what it is', () => {
  const contributions = fc.array(fc.integer({ min: 1, max: 7200 * 2 ** 26 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(contributions, fc.integer({ min: 1, max: 1000 }), (listed, reference) => {
      const falling = listed.toSorted((a, b) => b - a);
      const stock = falling.reduce((sum, c) => sum + c, 0);
      const shares = sharesOf(falling, stock, reference);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(gauge(stock, reference));
      for (const [i, share] of shares.entries())
        expect(Math.abs(share - (100_000 * falling[i]!) / (stock + reference * ONE_POINT))).toBeLessThanOrEqual(1);
    }),
  );
});

test('drivers and reliefs of any log add up to R and J', () => {
  fc.assert(
    fc.property(randomLog(40, 30), fc.nat(60), (log, day) => {
      const view = risk.view(new MemoryCrisis(recorded(log)).situation(new Moment(START + day * 86_400_000)));
      expect(thousandths(view.drivers)).toBe(Math.round(view.risk * 1000));
      expect(thousandths(view.reliefs)).toBe(Math.round(view.diplomacyGauge * 1000));
    }),
  );
});

test('beyond 50 the rest is one row, and the list still adds up', () => {
  const strikes = Array.from({ length: 60 }, (_, day) => ({
    eventId: `00000000-0000-4000-8000-0000000000${(day + 16).toString(16)}`,
    type: 'StrikeReported',
    occurredAt: new Date(START + day * 86_400_000).toISOString(),
    cameoCode: '190',
    actors: [{ code: 'USA' }],
    recipients: [{ code: 'IRN' }],
    sources: [],
    tlp: 'CLEAR',
    data: {},
  }));
  const opened = {
    eventId: '00000000-0000-4000-8000-000000000000',
    type: 'CrisisOpened',
    occurredAt: '2026-01-01T00:00:00Z',
    tlp: 'CLEAR',
    data: {
      title: 'Long',
      sides: [
        { name: 'a', members: ['IRN'] },
        { name: 'b', members: ['USA'] },
      ],
    },
  };
  const crisis = new MemoryCrisis(recorded([opened, ...strikes]));
  const { drivers, risk: gauged } = risk.view(crisis.situation(new Moment(START + 60 * 86_400_000)));
  expect(drivers).toHaveLength(MAX_DRIVERS + 1);
  expect(drivers.at(-1)).toMatchObject({ others: 10 });
  expect(thousandths(drivers)).toBe(Math.round(gauged * 1000));
});
