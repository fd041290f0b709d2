import type { LogReader } from '#event-log';
import {
  EMPTY_FRONTIER,
  epochOrigin,
  extend,
  rootOf,
  sameHash,
  signDisowned,
  type SigningKey,
  type TreeHead,
} from '#ledger';
import { addStatement } from './add-statement';
import { growTo } from './check-start';
import { HeadStream, type OwnedRecord, headRecordOf } from './head-stream';
import { headOf, isHead, stands, steps } from './head-walk';
import { KeysMissing } from './key-files';
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

/** The head named is not one that can be taken back. */
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
  const { reader, store } = record;
  const stream = HeadStream.open(record);
  stream.readOn();
  const { chain } = stream;
  if (!chain) throw new KeysMissing('the log has no keys, so no heads');
  const { heads, kept } = headsFrom(record, revision);
  const disowned = heads.filter((head) => stands(chain, head));
  const [wrong] = disowned;
  if (!wrong || wrong !== heads[0])
    throw new NothingToDisown(`no head of ${epochOrigin(chain.origin, chain.epoch)} stands at revision ${revision}`);
  checkWrong(reader, wrong, kept);
  store.clear();
  growTo(reader, store, reader.head() + 1);
  // The wrong one last, so that after a crash the same command goes on.
  for (const head of disowned.toReversed())
    await addStatement(stream, signDisowned(stream.chain!, { wrong: head, kept, reason }, recovery));
  return { disowned, kept };
}

/** The signed heads from a revision on, if the first stands just there, and what stood before. */
function headsFrom(record: OwnedRecord, revision: number): { heads: TreeHead[]; kept: TreeHead | undefined } {
  const heads: TreeHead[] = [];
  let kept: TreeHead | undefined;
  const origin = record.reader.genesis().origin;
  for (const { entry, before, step } of steps(origin, record.trusted, headRecordOf(record).readFrom(0))) {
    const head = isHead(step) ? headOf(step) : undefined;
    if (entry.revision === revision) {
      if (!head) break;
      kept = before?.last;
    }
    if (head && entry.revision >= revision) heads.push(head);
  }
  return { heads, kept };
}

function checkWrong(reader: LogReader, wrong: TreeHead, kept: TreeHead | undefined): void {
  const events = reader.head() + 1;
  // To EventStoreDB a head comes after its events: they are not lost, there were none.
  if (events < wrong.size && !reader.isMirror())
    throw new RecordFault(
      'rolled-back',
      `the log has ${events} events: "restore" states a loss`,
      events,
      wrong.size - 1,
    );
  let frontier = EMPTY_FRONTIER;
  for (const { leaf } of openedEvents(reader, 0, Math.min(wrong.size, events))) {
    frontier = extend(frontier, [leaf]);
    if (frontier.size === kept?.size && !sameHash(rootOf(frontier), kept.root))
      throw new RecordFault('altered', 'the head before is wrong as well: disown the first', 0, kept.size - 1);
  }
  if (events >= wrong.size && sameHash(rootOf(frontier), wrong.root))
    throw new NothingToDisown('the log gives this head: it is not wrong');
}
