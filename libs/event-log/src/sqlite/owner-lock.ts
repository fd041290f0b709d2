import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { LogOwnedElsewhere } from '../errors';

const SQLITE_BUSY = 5;

/**
 * One owner a data folder, for the owner's lifetime. The lock is an open exclusive transaction on a file of its
 * own, hence a lock of the operating system: it goes with the process, however that ends, and never goes stale.
 * Not for network file systems. Disposing of what this returns releases it.
 */
export function takeOwnerLock(dataDir: string): Disposable {
  const file = join(dataDir, 'owner.lock');
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    db.exec('begin exclusive');
  } catch (error) {
    db.close();
    const { errcode, message } = error as { errcode?: number; message: string };
    throw errcode === SQLITE_BUSY ? new LogOwnedElsewhere({ file, reason: message }) : error;
  }
  return db;
}
