import { randomUUID } from 'node:crypto';
import { LogFromNewerBuild, RecordAway, WrongRecord } from '../errors';
import type { Genesis } from '../sqlite/schema';
import type { RecordClient } from './record-client';

const STREAM = 'crisislog-genesis';

/** Nothing is recorded in a record after this. */
const SEAL = 'Moved';

/**
 * The identity of the record: written once, by whichever instance comes first, and the same for all. Throws WrongRecord
 * where the record was moved away.
 */
export async function genesisOf(record: RecordClient, origin: string | undefined): Promise<Genesis> {
  const known = await readGenesis(record);
  if (known !== undefined) {
    if (await isMoved(record)) throw new WrongRecord({ file: STREAM, reason: 'the record was moved to a data folder' });
    return known;
  }
  const logId = randomUUID();
  return writeGenesis(record, { logId, origin: origin ?? `crisis-log/${logId}` });
}

/** Answers with what is there in the end: another instance may have been first. */
export async function writeGenesis(
  record: RecordClient,
  { logId, origin }: Pick<Genesis, 'logId' | 'origin'>,
): Promise<Genesis> {
  const data = { logId, prefix: 'crisis-', format: 1, origin };
  const event = { id: randomUUID(), type: 'Genesis', data: JSON.stringify(data), metadata: '{}' };
  const outcome = await record.append(STREAM, -1, [event]);
  // After an unknown outcome, too, only the record knows.
  const written = await readGenesis(record);
  if (written !== undefined) return written;
  throw new RecordAway({ reason: 'reason' in outcome ? outcome.reason : 'its genesis cannot be read back' });
}

/** From now on no instance starts on this record. Those that run do not notice. */
export async function sealRecord(record: RecordClient): Promise<void> {
  const outcome = await record.append(STREAM, 0, [{ id: randomUUID(), type: SEAL, data: '{}', metadata: '{}' }]);
  if (!(await isMoved(record)))
    throw new RecordAway({ reason: 'reason' in outcome ? outcome.reason : 'it cannot be sealed' });
}

export const isMoved = async (record: RecordClient): Promise<boolean> => (await record.lastOf(STREAM))?.type === SEAL;

export async function readGenesis(record: RecordClient): Promise<Genesis | undefined> {
  const [event] = await record.readStream(STREAM, 0);
  if (event === undefined) return undefined;
  const { logId, prefix, format, origin } = event.data as Genesis;
  if (format !== 1 || prefix !== 'crisis-')
    throw new LogFromNewerBuild({ file: STREAM, reason: `format ${String(format)}, prefix ${String(prefix)}` });
  return { logId, prefix, format, origin, created: event.created };
}
