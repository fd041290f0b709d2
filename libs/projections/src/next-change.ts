import { edgesOf } from './edges';
import type { EffectiveVersion } from './effective-events';
import { Extremes, horizonOf } from './extremes';
import { Decline, firstChange } from './first-change';
import { bandOf, gauge, movementOf, omegaOf } from './gauges';
import { Incidents } from './incidents';
import { DAY, type Minute } from './instant';
import { keepsWeight, relevantOf } from './relevant';
import { MOVEMENT_DAYS, type Present } from './present';
import { outpaces, windowStateOf } from './window';

/** Changes are looked for this far ahead. */
export const AHEAD_DAYS = 60;

interface Declines {
  readonly escalation: Decline;
  readonly diplomacy: Decline;
}

/**
 * The next minute within 60 days at which band, movements, outpaces, open legs, channel states, window, level or
 * alerts change if nothing more happens: exact to the minute. Undefined when none does.
 *
 * @param events what the present was made of
 */
export function nextChangeOf(now: Present, events: readonly EffectiveVersion[]): Minute | undefined {
  const from = now.at.minute + 1;
  const ahead = now.at.minute + AHEAD_DAYS * DAY;
  const stocks = declinesOf(now.extremes);
  let first = Math.min(...edgesOf(now), ahead + 1);
  // Before the first edge channels, legs and alerts stand still, and only what the stocks decide can change.
  first = bandChange(now, stocks, from, first - 1) ?? first;
  first = balanceChange(now, stocks, from, first - 1) ?? first;
  first = movementChange(now, stocks, from, first - 1, events) ?? first;
  return first > ahead ? undefined : first;
}

const declinesOf = ({ escalating, relieving }: Extremes): Declines => ({
  escalation: new Decline(escalating.stockOverTime()),
  diplomacy: new Decline(relieving.stockOverTime()),
});

function bandChange({ frame }: Present, { escalation }: Declines, from: Minute, to: Minute): Minute | undefined {
  const band = (at: Minute): string => bandOf(gauge(escalation.at(at), frame.riskReference));
  const before = band(from - 1);
  return firstChange(from, to, (start, end) => band(start) === before && band(end) === before);
}

/** Outpaces and window: both follow from omega, which with the stocks may move either way, within bounds. */
function balanceChange(now: Present, stocks: Declines, from: Minute, to: Minute): Minute | undefined {
  const balance = (escalation: number, diplomacy: number): string => {
    const omega = omegaOf(escalation, diplomacy);
    return `${outpaces(omega, now.exchange.openLegs)} ${windowStateOf({ ...now.window, omega }, now.at)}`;
  };
  const before = balance(stocks.escalation.at(now.at.minute), stocks.diplomacy.at(now.at.minute));
  return firstChange(from, to, (start, end) => {
    const escalations = [stocks.escalation.at(start), stocks.escalation.at(end)];
    const diplomacies = [stocks.diplomacy.at(start), stocks.diplomacy.at(end)];
    return escalations.every((e) => diplomacies.every((d) => balance(e, d) === before));
  });
}

/**
 * The movements compare with 14 days ago, and that look back goes on through what has happened since then: stretch by
 * stretch between two instants S cut at the earlier time stays the same, and its stocks only fall.
 */
function movementChange(
  now: Present,
  stocks: Declines,
  from: Minute,
  to: Minute,
  events: readonly EffectiveVersion[],
): Minute | undefined {
  if (now.quiet) return undefined;
  const lookBack = MOVEMENT_DAYS * DAY;
  const weighty = relevantOf(events, now.at.minute, keepsWeight).filter((event) => event.facts.counts);
  const extremes = new Extremes(horizonOf(now.at.minute));
  const past = new Incidents(now.parties, extremes);
  let next = 0;
  for (let start = from; start <= to;) {
    while (next < weighty.length && weighty[next]!.facts.instant <= start - lookBack) past.add(weighty[next++]!);
    const end = next < weighty.length ? Math.min(to, weighty[next]!.facts.instant + lookBack - 1) : to;
    const before = declinesOf(extremes);
    const change = firstChange(
      start,
      end,
      (a, b) =>
        moves(stocks.escalation, before.escalation, a, b) === now.escalationMovement &&
        moves(stocks.diplomacy, before.diplomacy, a, b) === now.diplomacyMovement,
    );
    if (change !== undefined) return change;
    start = end + 1;
  }
  return undefined;

  /** The one movement of all minutes from a to b; undefined when it cannot be told. */
  function moves(stock: Decline, before: Decline, a: Minute, b: Minute): string | undefined {
    const most = movementOf(stock.at(a), before.at(b - lookBack), false);
    const least = movementOf(stock.at(b), before.at(a - lookBack), false);
    return most === least ? most : undefined;
  }
}
