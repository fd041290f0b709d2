import { Presets, SingleBar } from 'cli-progress';

/** Tells how far a long command is: how much of the whole is done, and how many items that were. */
export interface Progress {
  update(done: number, items: number): void;
  stop(): void;
}

const LINE_EVERY = 10_000;

/** A bar on a terminal; elsewhere a plain line now and then, so that a log file stays readable. */
export const showProgress = (total: number, output: NodeJS.WriteStream, what = 'rows read'): Progress =>
  output.isTTY ? bar(total, output, what) : lines(total, output, what);

const bar = (total: number, output: NodeJS.WriteStream, what: string): Progress => {
  const its = new SingleBar(
    { format: `{bar} {percentage}% | {items} ${what} | {duration_formatted}`, stream: output, hideCursor: true },
    Presets.shades_classic,
  );
  its.start(total, 0, { items: 0 });
  // Before whoever ends the process: the cursor is hidden.
  process.prependOnceListener('SIGINT', () => its.stop());
  return { update: (done, items) => its.update(done, { items }), stop: () => its.stop() };
};

const lines = (total: number, output: NodeJS.WriteStream, what: string): Progress => {
  let next = LINE_EVERY;
  return {
    update: (done, items) => {
      if (items < next) return;
      next = items + LINE_EVERY;
      output.write(`${items} ${what}, ${Math.floor((100 * done) / Math.max(total, 1))} % of the whole\n`);
    },
    stop: () => undefined,
  };
};
