import { setTimeout as sleep } from 'node:timers/promises';
import { RecordAway } from '../errors';
import { reasonOf } from './append-outcome';
import type { RecordClient, RecordedEvent } from './record-client';

const ATTEMPTS = 5;
const PAUSE_MS = 500;

/**
 * The events of `$all`, from its start to its present end, each once: those that a mirror follows (settings and
 * deletions among them), or those of the streams whose names begin as given. Goes on after a lost connection; throws
 * RecordAway when that fails again and again.
 */
export async function* readToEnd(
  record: RecordClient,
  beginnings?: readonly string[],
): AsyncGenerator<RecordedEvent, void> {
  let after: RecordedEvent | undefined;
  for (let attempt = 1; ; attempt++) {
    let reason = 'the subscription has ended';
    try {
      using subscription = beginnings
        ? record.subscribeTo(beginnings, after?.position)
        : record.subscribe(after?.position);
      for await (const { events, isLive } of subscription.batches()) {
        for (const event of events) {
          if (after !== undefined && event.position.commit <= after.position.commit) continue;
          after = event;
          attempt = 1;
          yield event;
        }
        if (isLive) return;
      }
    } catch (error) {
      reason = reasonOf(error);
    }
    if (attempt === ATTEMPTS) throw new RecordAway({ reason });
    await sleep(PAUSE_MS);
  }
}
