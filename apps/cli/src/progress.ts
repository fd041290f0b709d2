import { Presets, SingleBar } from 'cli-progress';

/**
 * Shows how far a long command is: `done` of the total, and how many items that was. Disposing of it ends the display.
 */
export interface Progress extends Disposable {
  update(done: number, items: number): void;
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
  // Shows the cursor again before other listeners end the process; without any, ends it as an unhandled signal would.
  const interrupted = (): void => {
    its.stop();
    if (process.listenerCount('SIGINT') === 0) process.kill(process.pid, 'SIGINT');
  };
  its.start(total, 0, { items: 0 });
  process.prependOnceListener('SIGINT', interrupted);
  return {
    update: (done, items) => its.update(done, { items }),
    [Symbol.dispose]: () => {
      process.off('SIGINT', interrupted);
      its.stop();
    },
  };
};

const lines = (total: number, output: NodeJS.WriteStream, what: string): Progress => {
  let next = LINE_EVERY;
  return {
    update: (done, items) => {
      if (items < next) return;
      next = items + LINE_EVERY;
      output.write(`${items} ${what}, ${Math.floor((100 * done) / Math.max(total, 1))} % of the whole\n`);
    },
    [Symbol.dispose]: () => undefined,
  };
};
