import { RecordRewound, WrongRecord } from '../errors';
import { type Compared, compareRecord } from './compare-record';
import { type CopyOptions, openHeld } from './copy-to-record';
import { readGenesis } from './genesis';
import { RecordClient } from './record-client';

/**
 * Reads all of EventStoreDB, for an auditor who trusts no instance, and compares it with the mirror in a data folder,
 * also while its server runs. Throws RecordRewound where they differ or the record is shorter, RecordTruncated where it
 * has lost events, WrongRecord where the folder is of another record.
 */
export async function compareMirror({ dataDir, record: options, onEvent }: CopyOptions): Promise<Compared> {
  using held = openHeld(dataDir);
  await using record = new RecordClient(options);
  const { logId } = held.reader.genesis();
  const there = await readGenesis(record);
  if (there?.logId !== logId)
    throw new WrongRecord({ file: dataDir, reason: `it is of ${logId}, the record is ${there?.logId ?? 'missing'}` });
  const mirrored = held.reader.head() + 1;
  const compared = await compareRecord(record, held, (count) => onEvent?.(count, mirrored));
  const { events, keys, heads } = compared;
  if (events >= mirrored && keys === held.keys.length && heads === held.heads.length) return compared;
  const had = `${mirrored} events, ${held.keys.length} keys and ${held.heads.length} entries of heads`;
  throw new RecordRewound({ reason: `it has ${events}, ${keys} and ${heads} of ${had}` });
}
