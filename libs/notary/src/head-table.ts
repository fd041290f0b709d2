import type { HeadEntry, HeadRecord } from '#event-log';
import type { LedgerStore } from './ledger-store';

/** The stream of heads of an embedded record: a table beside its tree, for whoever owns the data folder. */
export class HeadTable implements HeadRecord {
  constructor(private readonly store: LedgerStore) {}

  readFrom(revision: number): Iterable<HeadEntry> {
    return this.store.notesFrom(revision);
  }

  async append(entry: HeadEntry): Promise<boolean> {
    if (entry.revision !== this.store.lastRevision() + 1) return false;
    this.store.addNote(entry);
    return true;
  }
}
