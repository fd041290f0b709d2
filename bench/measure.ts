import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** One line of the table: what was measured, as a ratio to its limit taken in the same run. */
export interface Measured {
  readonly name: string;
  readonly ratio: number;
  /** At least this (`>=`), or at most (`<=`). */
  readonly bar?: readonly ['>=' | '<=', number];
  /** For the scale only: absolute figures move with the machine. */
  readonly scale: string;
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Alternates the two, so that both meet the same weather, and takes the median of the ratios pair by pair. */
export async function paired(
  rounds: number,
  ours: () => Promise<number>,
  limit: () => Promise<number>,
): Promise<{ ratio: number; ours: number; limit: number }> {
  const results: { ours: number; limit: number }[] = [];
  for (let i = 0; i < rounds; i++)
    results.push(
      i % 2 === 0 ? { limit: await limit(), ours: await ours() } : { ours: await ours(), limit: await limit() },
    );
  return {
    ratio: median(results.map((result) => result.ours / result.limit)),
    ours: median(results.map((result) => result.ours)),
    limit: median(results.map((result) => result.limit)),
  };
}

/** Seconds that `work` takes. */
export async function seconds(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

export const ms = (value: number): string => `${value.toFixed(1)} ms`;

export const perSecond = (rate: number): string => `${Math.round(rate).toLocaleString('en')}/s`;

const SETTLED_EVERY_MS = 200;
const SETTLED_TICKS = 2;
const SETTLED_WITHIN_MS = 20_000;

/**
 * Until a server works off nothing any more, as it does after it has answered (views are folded, heads signed): that
 * belongs neither to the next measurement nor to its limit's.
 */
export async function settled(pid: number): Promise<void> {
  const until = performance.now() + SETTLED_WITHIN_MS;
  for (let before = -Infinity, now = ticksOf(pid); now - before > SETTLED_TICKS; now = ticksOf(pid)) {
    if (performance.now() > until) throw new Error(`process ${pid} is busy with no request`);
    before = now;
    await delay(SETTLED_EVERY_MS);
  }
}

/** Processor time of a process, in hundredths of a second: fields 14 and 15 of proc(5) stat, after the name in brackets. */
function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
