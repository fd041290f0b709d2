import type { LogReader } from '#event-log';
import {
  EMPTY_FRONTIER,
  epochOrigin,
  extend,
  isDisowned,
  rootOf,
  sameHash,
  signDisowned,
  type SigningKey,
  type TreeHead,
  walkHeads,
} from '#ledger';
import { addStatement } from './add-statement';
import { growTo } from './check-start';
import { HeadStream, type OwnedRecord } from './head-stream';
import { KeysMissing } from './key-files';
import { headIn } from './ledger-store';
import { RecordFault } from './record-fault';
import { openedEvents } from './stored-leaves';

export interface WrongHead {
  /** Of the wrong head in the stream of heads. */
  readonly revision: number;
  readonly reason: string;
}

export interface Disowning {
  /** Heads taken back: the wrong one, and those built on it. */
  readonly disowned: readonly TreeHead[];
  /** What stands, and the next head extends; undefined where none was before. */
  readonly kept: TreeHead | undefined;
}

/** Nothing is to be taken back here. */
export class NothingToDisown extends Error {}

/**
 * Takes back a head that the log does not have, and those built on it, by statements under the recovery key that every
 * auditor gets to see. The log must give the head before, and every event must be sound in itself. A head that the log
 * does give is not wrong, and of one that the log is too short for events are missing: that is a restore with a loss.
 */
export async function disownHeads(
  record: OwnedRecord,
  { revision, reason }: WrongHead,
  recovery: SigningKey,
): Promise<Disowning> {
  const { reader, store, trusted } = record;
  const stream = HeadStream.open(record);
  stream.readOn();
  const { chain } = stream;
  if (!chain) throw new KeysMissing('the log has no keys, so no heads');
  const origin = epochOrigin(chain.origin, chain.epoch);
  const standing = (note: string | undefined): TreeHead | undefined => {
    const head = note === undefined ? undefined : headIn(note);
    return head?.origin === origin && !isDisowned(chain, head) ? head : undefined;
  };
  const wrong = standing(store.note(revision));
  if (!wrong) throw new NothingToDisown(`no head of ${origin} stands at revision ${revision}`);
  const notes = store.notes().map(({ note }) => note);
  const before = notes.slice(0, revision).filter((note) => note !== '');
  const kept = walkHeads(chain.origin, trusted, before).chain.last;
  checkWrong(reader, wrong, kept);
  store.clear();
  growTo(reader, store, reader.head() + 1);
  const disowned = notes.slice(revision).flatMap((note) => standing(note) ?? []);
  // The wrong one last: after a crash the same command goes on.
  for (const head of disowned.toReversed())
    await addStatement(stream, signDisowned(stream.chain!, { wrong: head, kept, reason }, recovery));
  return { disowned, kept };
}

function checkWrong(reader: LogReader, wrong: TreeHead, kept: TreeHead | undefined): void {
  const events = reader.head() + 1;
  if (events < wrong.size)
    throw new RecordFault(
      'rolled-back',
      `the log has ${events} events: "restore" states a loss`,
      events,
      wrong.size - 1,
    );
  let frontier = EMPTY_FRONTIER;
  for (const { leaf } of openedEvents(reader, 0, wrong.size)) {
    frontier = extend(frontier, [leaf]);
    if (frontier.size === kept?.size && !sameHash(rootOf(frontier), kept.root))
      throw new RecordFault('altered', 'the head before is wrong as well: disown the first', 0, kept.size - 1);
  }
  if (sameHash(rootOf(frontier), wrong.root)) throw new NothingToDisown('the log gives this head: it is not wrong');
}
