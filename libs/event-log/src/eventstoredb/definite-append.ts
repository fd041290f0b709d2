import { setTimeout as sleep } from 'node:timers/promises';
import { OutcomeUnknown, RecordAway } from '../errors';
import type { Revision } from '../event-log';
import type { RecordClient, SentEvent } from './record-client';

/** How often the same events are sent, and how long is waited in between. */
export interface Repetition {
  readonly attempts: number;
  readonly pauseMs: number;
}

/**
 * Appends to a system stream: the same ids at the same revision again, until the answer is definite, so that what an
 * earlier attempt stored is no conflict. True when they are stored, false when the stream does not end at `last`.
 * Rejects with RecordAway only where nothing can have been stored, else with OutcomeUnknown.
 */
export async function definiteAppend(
  record: RecordClient,
  stream: string,
  last: Revision,
  events: readonly SentEvent[],
  { attempts, pauseMs }: Repetition,
): Promise<boolean> {
  let isUnknown = false;
  for (let attempt = 1; ; attempt++) {
    const outcome = await record.append(stream, last, events);
    if (outcome.kind === 'stored') return true;
    if (outcome.kind === 'conflict') return false;
    isUnknown ||= outcome.kind === 'unknown';
    if (outcome.kind === 'refused' || attempt === attempts)
      throw new (isUnknown ? OutcomeUnknown : RecordAway)({ reason: outcome.reason });
    await sleep(pauseMs);
  }
}
