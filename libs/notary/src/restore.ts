import type { LogReader } from '#event-log';
import { type Hash, sameHash, type SigningKey, signRestored, type VerifierKey } from '#ledger';
import { addStatement } from './add-statement';
import { growTo, openChain } from './check-start';
import type { HeadsFile } from './heads-file';
import { headIn, type LedgerStore } from './ledger-store';
import { RecordFault } from './record-fault';

/** The backup does not begin with what was signed last. */
export class DoesNotExtend extends RecordFault {
  constructor(
    readonly has: number,
    readonly had: number,
  ) {
    super('rolled-back', `the backup has ${has} events, and the last head is over ${had}`, Math.min(has, had), had - 1);
  }
}

export interface Restored {
  readonly events: number;
  /** Events of the last head that are lost. */
  readonly lost: number;
  readonly epoch: number;
}

/**
 * Makes the copy of a backup the record again: gives it the heads signed since, if it extends the last of them. One
 * that does not is refused (DoesNotExtend), unless the recovery key takes the loss, which starts the next epoch.
 */
export function restoreHeads(
  reader: LogReader,
  store: LedgerStore,
  file: HeadsFile,
  trusted: readonly VerifierKey[],
  recovery?: SigningKey,
): Restored {
  const { notes } = file;
  const held = store.notes();
  if (held.some(({ note }, i) => notes[i] && notes[i].note !== note)) {
    throw new RecordFault('heads', 'the backup is of another log, or its heads were changed');
  }
  for (const note of notes.slice(held.length)) store.addNote(note, headIn(note.note)?.size);
  const events = reader.head() + 1;
  store.clear();
  growTo(reader, store, events);
  const chain = openChain(store, reader.genesis().origin, trusted);
  if (!chain?.last || extendsHead(store, chain.last)) return { events, lost: 0, epoch: chain?.epoch ?? 0 };
  if (!recovery || chain.last.size < events) throw new DoesNotExtend(events, chain.last.size);
  const note = signRestored(chain, { last: chain.last, kept: { size: events, root: store.root } }, recovery);
  const { epoch } = addStatement({ store, file }, chain, note);
  return { events, lost: chain.last.size - events, epoch };
}

const extendsHead = (store: LedgerStore, { size, root }: { size: number; root: Hash }): boolean =>
  store.size >= size && sameHash(store.rootAt(size), root);
