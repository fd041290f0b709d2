import { sameHash } from '#ledger';
import { checkRecord, type RecordCheck } from './check-record';
import { growTo } from './check-start';
import { HeadStream, type OwnedRecord } from './head-stream';
import { RecordFault } from './record-fault';

/**
 * Throws the tree away and makes it again from the log. Before that the ledger opens every event and finds every head
 * that stands to be one of this log: where one is not it rejects with a RecordFault, and the tree stays as it was.
 */
export async function rebuildTree(record: OwnedRecord, onProgress?: (events: number) => void): Promise<RecordCheck> {
  const { reader, store, file, trusted } = record;
  HeadStream.open(record).readOn();
  const check = await checkRecord(reader, { notes: store.notes(), reached: file?.reached, trusted }, onProgress);
  store.clear();
  growTo(reader, store, check.events);
  if (!sameHash(store.root, check.root))
    throw new RecordFault('altered', 'the log and the ledger make two trees of it');
  return check;
}
