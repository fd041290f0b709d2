import { setTimeout as sleep } from 'node:timers/promises';
import { RecordRewound } from '../errors';
import { reasonOf } from './append-outcome';
import { readGenesis } from './genesis';
import type { Checkpoint } from './mirror-file';
import type { RecordClient, RecordedEvent } from './record-client';

/**
 * What the server answers for a place where no event begins, to a read and to a subscription; also for some failures of
 * its own.
 */
const NO_SUCH_PLACE = /Unexpected ReadAllResult: Error|Exception was thrown by handler/;
/** That answer is believed when it comes this often in a row. */
const TIMES_TO_BELIEVE = 3;
const PAUSE_MS = 50;

/**
 * Is this still the record that was mirrored up to a checkpoint? A subscription from beyond the end would only stay
 * silent. Throws RecordRewound where it is not.
 */
export async function checkSameRecord(
  record: RecordClient,
  logId: string,
  checkpoint: Checkpoint | undefined,
): Promise<void> {
  const rewound = (reason: string) => new RecordRewound({ reason });
  const genesis = await readGenesis(record);
  if (genesis?.logId !== logId) throw rewound(`its identity is ${genesis?.logId ?? 'missing'}, mirrored was ${logId}`);
  if (checkpoint === undefined) return;
  const last = await record.lastEvent();
  if (last === undefined || last.position.commit < checkpoint.commit)
    throw rewound(`it ends at ${last?.position.commit ?? 'nothing'}, mirrored was up to ${checkpoint.commit}`);
  const held = await heldAt(record, checkpoint);
  const isSame =
    held?.id === checkpoint.id &&
    held.position.commit === checkpoint.commit &&
    held.position.prepare === checkpoint.prepare;
  if (!isSame)
    throw rewound(`at ${checkpoint.commit} it holds ${held?.id ?? 'nothing'}, mirrored was ${checkpoint.id}`);
}

async function heldAt(record: RecordClient, checkpoint: Checkpoint): Promise<RecordedEvent | undefined> {
  for (let times = 1; ; times++) {
    try {
      return await record.eventAt(checkpoint);
    } catch (error) {
      if (!NO_SUCH_PLACE.test(reasonOf(error))) throw error;
      if (times === TIMES_TO_BELIEVE) return undefined;
      await sleep(PAUSE_MS);
    }
  }
}
