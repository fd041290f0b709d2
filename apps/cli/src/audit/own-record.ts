import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openRecord } from '#event-log';
import { HeadsFile, LedgerStore, type OwnedRecord, readVerifierKeys } from '#notary';
import { namedRecord } from '../named-record';
import { BUILD } from '../build';
import { requireLog } from './data-dir';

interface Where {
  readonly dataDir: string;
  readonly heads?: string;
}

/** Works on a record under its owner's lock: no server runs meanwhile. Throws LogOwnedElsewhere where one does. */
export async function ownRecord<T>(
  { dataDir, heads }: Where,
  work: (record: OwnedRecord) => T | Promise<T>,
): Promise<T> {
  requireLog(dataDir);
  await using log = await openRecord({ dataDir, instance: 'crisis-log', build: BUILD }, namedRecord());
  using store = LedgerStore.open(dataDir);
  using file = heads === undefined ? undefined : HeadsFile.open(heads);
  const keyFile = join(dataDir, 'log.vkey');
  const trusted = existsSync(keyFile) ? readVerifierKeys(keyFile) : [];
  return await work({ dataDir, reader: log.reader, record: log.heads, store, file, trusted });
}
