import { type Hash, sameHash, type SigningKey, signRestored } from '#ledger';
import { addStatement } from './add-statement';
import { growTo } from './check-start';
import { HeadStream, type OwnedRecord, headRecordOf } from './head-stream';
import { walk } from './head-walk';
import type { LedgerStore } from './ledger-store';
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
 * that does not is refused (DoesNotExtend), unless the recovery key takes the loss, which starts the next epoch. An
 * EventStoreDB that was restored gets them likewise, at the end of its stream, which must be a beginning of HEADS_FILE.
 */
export async function restoreHeads(record: OwnedRecord, recovery?: SigningKey): Promise<Restored> {
  const { reader, store } = record;
  await giveBack(record);
  const events = reader.head() + 1;
  store.clear();
  growTo(reader, store, events);
  const stream = HeadStream.open(record);
  const { chain } = stream;
  if (!chain?.last || extendsHead(store, chain.last)) return { events, lost: 0, epoch: chain?.epoch ?? 0 };
  if (!recovery || chain.last.size < events) throw new DoesNotExtend(events, chain.last.size);
  checkOnlyLost(record, events);
  const note = signRestored(chain, { last: chain.last, kept: { size: events, root: store.root } }, recovery);
  await addStatement(stream, note);
  return { events, lost: chain.last.size - events, epoch: chain.epoch + 1 };
}

/** Gives the record the entries that only HEADS_FILE has. Throws, giving none, where the two differ. */
async function giveBack(record: OwnedRecord): Promise<void> {
  const { store, file } = record;
  const heads = headRecordOf(record);
  const notes = file?.notes ?? [];
  const held = [...heads.readFrom(0)];
  // What was ignored stands there as an empty note.
  const differs = held.find(({ note }, i) => notes[i] && notes[i].note !== '' && notes[i].note !== note);
  if (differs) throw new RecordFault('heads', 'the backup is of another log, or its heads were changed');
  for (const entry of notes.slice(held.length)) {
    if (!(await heads.append(entry)))
      throw new RecordFault('heads', 'others append to the stream of heads: stop every instance');
  }
  for (const entry of notes) store.addNote(entry);
}

/** Only events at the end may be lost: those that are left must give every head that was signed over them. */
function checkOnlyLost(record: OwnedRecord, events: number): void {
  const { reader, store, trusted } = record;
  const { heads } = walk(reader.genesis().origin, trusted, headRecordOf(record).readFrom(0));
  const wrong = heads.find((head) => head.size <= events && !extendsHead(store, head));
  if (wrong)
    throw new RecordFault(
      'altered',
      `the backup does not give the head over ${wrong.size} events, which are all there: none of them was lost`,
      0,
      wrong.size - 1,
    );
}

const extendsHead = (store: LedgerStore, { size, root }: { size: number; root: Hash }): boolean =>
  store.size >= size && sameHash(store.rootAt(size), root);
