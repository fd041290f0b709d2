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

export const perSecond = (rate: number): string => `${Math.round(rate).toLocaleString('en')}/s`;
