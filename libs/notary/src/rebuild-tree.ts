import type { LogReader } from '#event-log';
import { sameHash, type VerifierKey } from '#ledger';
import { checkRecord, type RecordCheck } from './check-record';
import { checkHeads, growTo } from './check-start';
import type { HeadsFile } from './heads-file';
import type { LedgerStore } from './ledger-store';
import { RecordFault } from './record-fault';

/** What makes up a record, held by whoever owns its data folder. */
export interface OwnedRecord {
  readonly reader: LogReader;
  readonly store: LedgerStore;
  readonly file?: HeadsFile | undefined;
  readonly trusted: readonly VerifierKey[];
}

/**
 * Throws the tree away and makes it again from the log. Before that the ledger opens every event and finds every head
 * that stands to be one of this log: where one is not it rejects with a RecordFault, and the tree stays as it was.
 */
export async function rebuildTree(
  { reader, store, file, trusted }: OwnedRecord,
  onProgress?: (events: number) => void,
): Promise<RecordCheck> {
  checkHeads(store, file);
  const check = await checkRecord(reader, { notes: store.notes(), reached: file?.reached, trusted }, onProgress);
  store.clear();
  growTo(reader, store, check.events);
  if (!sameHash(store.root, check.root))
    throw new RecordFault('altered', 'the log and the ledger make two trees of it');
  return check;
}
