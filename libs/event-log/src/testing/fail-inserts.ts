import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { LOG_FILE } from '../sqlite/schema';

/** Stands for a disk that fails in the middle of a transaction: events of the type `Second` do not go in. */
export function failInserts(dataDir: string, isFailing: boolean): void {
  const db = new DatabaseSync(join(dataDir, LOG_FILE));
  db.exec(
    isFailing
      ? `create trigger fail before insert on event when new.type = 'Second' begin select raise(abort, 'no'); end`
      : 'drop trigger fail',
  );
  db.close();
}
