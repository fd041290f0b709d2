import { setTimeout as sleep } from 'node:timers/promises';
import { RecordAway } from '../errors';
import { reasonOf } from './append-outcome';
import type { RecordClient, RecordedEvent } from './record-client';

const ATTEMPTS = 5;
const PAUSE_MS = 500;

/**
 * What the log has in `$all`, from its start to where it ends now, each event once; events that tell of settings and
 * deletions among them. Goes on after a lost connection; throws RecordAway when that does not help.
 */
export async function* readToEnd(record: RecordClient): AsyncGenerator<RecordedEvent, void> {
  let after: RecordedEvent | undefined;
  for (let attempt = 1; ; attempt++) {
    const subscription = record.subscribe(after?.position);
    let reason = 'the subscription has ended';
    try {
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
    } finally {
      subscription.close();
    }
    if (attempt === ATTEMPTS) throw new RecordAway({ reason });
    await sleep(PAUSE_MS);
  }
}
