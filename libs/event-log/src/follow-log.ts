import type { StoredEvent, SubscribeOptions } from './event-log';
import type { HeadSignal } from './head-signal';
import type { LogReader } from './sqlite/log-reader';

/** Events per page of a subscription: what a slow consumer keeps in memory. */
const PAGE_SIZE = 200;

/** History first, then what is appended, from a log that is read locally. */
export async function* followLog(
  reader: LogReader,
  head: HeadSignal,
  { after, signal }: SubscribeOptions,
): AsyncGenerator<StoredEvent, void> {
  for (let next = after + 1; await head.reaches(next, signal);) {
    for (const event of reader.readAll({ from: next, maxCount: PAGE_SIZE })) {
      if (signal?.aborted === true) return;
      yield event;
      next = event.position + 1;
    }
  }
}
