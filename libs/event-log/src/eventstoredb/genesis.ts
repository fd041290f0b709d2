import { randomUUID } from 'node:crypto';
import { LogFromNewerBuild, RecordAway } from '../errors';
import type { Genesis } from '../sqlite/schema';
import type { RecordClient } from './record-client';

const STREAM = 'crisislog-genesis';

/** The identity of the record: written once, by whichever instance comes first, and the same for all. */
export async function genesisOf(record: RecordClient, origin: string | undefined): Promise<Genesis> {
  const known = await readGenesis(record);
  if (known !== undefined) return known;
  const logId = randomUUID();
  const data = { logId, prefix: 'crisis-', format: 1, origin: origin ?? `crisis-log/${logId}` };
  const event = { id: randomUUID(), type: 'Genesis', data: JSON.stringify(data), metadata: '{}' };
  const outcome = await record.append(STREAM, -1, [event]);
  // Another instance may have been first, and after an unknown outcome only the record knows.
  const written = await readGenesis(record);
  if (written !== undefined) return written;
  throw new RecordAway({ reason: 'reason' in outcome ? outcome.reason : 'its genesis cannot be read back' });
}

export async function readGenesis(record: RecordClient): Promise<Genesis | undefined> {
  const [event] = await record.readStream(STREAM, 0);
  if (event === undefined) return undefined;
  const { logId, prefix, format, origin } = event.data as Genesis;
  if (format !== 1 || prefix !== 'crisis-')
    throw new LogFromNewerBuild({ file: STREAM, reason: `format ${String(format)}, prefix ${String(prefix)}` });
  return { logId, prefix, format, origin, created: event.created };
}
