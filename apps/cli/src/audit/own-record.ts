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
export async function ownRecord<T>(where: Where, work: (record: OwnedRecord) => T | Promise<T>): Promise<T> {
  const { dataDir } = where;
  requireLog(dataDir);
  const log = await openRecord({ dataDir, instance: 'crisis-log', build: BUILD }, namedRecord());
  try {
    const { reader, heads: record } = log;
    return await withHeads(where, (parts) => work({ dataDir, reader, record, ...parts }));
  } finally {
    await log.close();
  }
}

type Heads = Pick<OwnedRecord, 'store' | 'file' | 'trusted'>;

async function withHeads<T>({ dataDir, heads }: Where, work: (parts: Heads) => T | Promise<T>): Promise<T> {
  const store = LedgerStore.open(dataDir);
  let file: HeadsFile | undefined;
  try {
    file = heads === undefined ? undefined : HeadsFile.open(heads);
    const keyFile = join(dataDir, 'log.vkey');
    return await work({ store, file, trusted: existsSync(keyFile) ? readVerifierKeys(keyFile) : [] });
  } finally {
    file?.close();
    store.close();
  }
}
