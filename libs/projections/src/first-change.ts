import type { Minute } from './instant';

/**
 * The first minute of [from, to] at which something differs. Bisects, and leaves out every stretch of which `settled`
 * says that nothing in it does, so that a search over weeks looks at few minutes. `settled` may say no where it cannot
 * tell, but must tell of a single minute.
 */
export function firstChange(
  from: Minute,
  to: Minute,
  settled: (from: Minute, to: Minute) => boolean,
): Minute | undefined {
  if (from > to || settled(from, to)) return undefined;
  if (from === to) return from;
  const middle = Math.floor((from + to) / 2);
  return firstChange(from, middle, settled) ?? firstChange(middle + 1, to, settled);
}

/** A quantity that never rises, as a function of time. Values are remembered, since a bisection asks again. */
export class Decline {
  private readonly known = new Map<Minute, number>();

  constructor(private readonly value: (at: Minute) => number) {}

  at(time: Minute): number {
    let value = this.known.get(time);
    if (value === undefined) this.known.set(time, (value = this.value(time)));
    return value;
  }
}
