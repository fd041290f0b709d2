import { FEW_EVENTS, MAX_LAG_EVENTS, MAX_LAG_MS, Pace } from './pace';

/** So many events every 100 ms; the turns that the notary has, until `ms`. */
function turns(ms: number, eventsEach: number): number[] {
  const pace = new Pace();
  const taken: number[] = [];
  let size = 0;
  for (let now = 100, head = -1; now <= ms; now += 100) {
    head += eventsEach;
    if (!pace.isTurn(head, size, now)) continue;
    taken.push(now);
    size = head + 1;
    pace.caughtUp();
  }
  return taken;
}

test('what came last is taken as soon as nothing more comes', () => {
  const pace = new Pace();
  expect([pace.isTurn(999, 0, 0), pace.isTurn(1_999, 0, 100), pace.isTurn(1_999, 0, 200)]).toEqual([
    false,
    false,
    true,
  ]);
});

test('while few come they are taken each time', () => {
  expect(turns(500, FEW_EVENTS)).toEqual([100, 200, 300, 400, 500]);
});

test('while many come it is no later than the promised time', () => {
  const at = turns(30_000, FEW_EVENTS + 1);
  expect(at[0]).toBe(100 + MAX_LAG_MS);
  for (const [i, now] of at.entries()) expect(now - (at[i - 1] ?? 0)).toBeLessThanOrEqual(MAX_LAG_MS + 100);
});

test('nor behind by more than the promised number', () => {
  const each = MAX_LAG_EVENTS / 10;
  expect(turns(2_000, each)).toEqual([1_000, 2_000]);
});

test('what is left of a long backlog is taken at once, also while more comes', () => {
  const pace = new Pace();
  pace.isTurn(999, 0, 0);
  expect(pace.isTurn(1_999, 0, MAX_LAG_MS)).toBe(true);
  expect(pace.isTurn(2_999, 500, MAX_LAG_MS + 100)).toBe(true);
  pace.caughtUp();
  expect(pace.isTurn(3_999, 3_000, MAX_LAG_MS + 200)).toBe(false);
});
