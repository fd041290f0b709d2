import { Presets, SingleBar } from 'cli-progress';

/** Tells how far an import is: how much of the file is read, in bytes, and how many rows that were. */
export interface Progress {
  update(bytes: number, rows: number): void;
  stop(): void;
}

const LINE_EVERY_ROWS = 10_000;

/** A bar on a terminal; elsewhere a plain line now and then, so that a log file stays readable. */
export const showProgress = (totalBytes: number, output: NodeJS.WriteStream): Progress =>
  output.isTTY ? bar(totalBytes, output) : lines(totalBytes, output);

const bar = (totalBytes: number, output: NodeJS.WriteStream): Progress => {
  const its = new SingleBar(
    { format: '{bar} {percentage}% | {rows} rows | {duration_formatted}', stream: output, hideCursor: true },
    Presets.shades_classic,
  );
  its.start(totalBytes, 0, { rows: 0 });
  // Before whoever ends the process: the cursor is hidden.
  process.prependOnceListener('SIGINT', () => its.stop());
  return { update: (bytes, rows) => its.update(bytes, { rows }), stop: () => its.stop() };
};

const lines = (totalBytes: number, output: NodeJS.WriteStream): Progress => {
  let next = LINE_EVERY_ROWS;
  return {
    update: (bytes, rows) => {
      if (rows < next) return;
      next = rows + LINE_EVERY_ROWS;
      output.write(`${rows} rows read, ${Math.floor((100 * bytes) / Math.max(totalBytes, 1))} % of the file\n`);
    },
    stop: () => undefined,
  };
};
