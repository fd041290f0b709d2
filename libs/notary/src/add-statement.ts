import { setTimeout as sleep } from 'node:timers/promises';
import { OutcomeUnknown, RecordAway } from '#event-log';
import type { HeadStream } from './head-stream';

const ATTEMPTS = 20;
const PAUSE_MS = 250;

/**
 * Adds a signed statement to the stream of heads, durably, also while others add heads. Throws RecordAway where that
 * fails again and again, and the chain's Refusal where the statement does not fit.
 */
export async function addStatement(stream: HeadStream, note: string): Promise<void> {
  let reason = 'others append to its stream of heads all the time';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      if (await stream.append(note)) return;
    } catch (error) {
      // The same entry again says what became of it.
      if (!(error instanceof OutcomeUnknown || error instanceof RecordAway)) throw error;
      reason = error.message;
    }
    await sleep(PAUSE_MS);
    stream.readOn();
    if (stream.says(note)) return;
  }
  throw new RecordAway({ reason });
}
