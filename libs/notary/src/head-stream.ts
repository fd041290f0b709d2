import { join } from 'node:path';
import type { HeadEntry, HeadRecord, LogReader } from '#event-log';
import { follow, formatVerifierKey, type HeadChain, type Step, type TreeHead, type VerifierKey } from '#ledger';
import { checkHeads, openChain } from './check-start';
import { writeDurably } from './durable-file';
import type { HeadsFile } from './heads-file';
import { HeadTable } from './head-table';
import { begin, headOf, isStatement, seenKeys, stands, type Unbegun } from './head-walk';
import { VERIFIER_KEYS_FILE } from './key-files';
import type { LedgerStore } from './ledger-store';
import { RecordFault } from './record-fault';

/** What makes up a record, held by whoever owns its data folder. */
export interface OwnedRecord {
  readonly dataDir: string;
  readonly reader: LogReader;
  readonly store: LedgerStore;
  readonly file?: HeadsFile | undefined;
  readonly trusted: readonly VerifierKey[];
  /** Where the stream of heads is; default: in the data folder. */
  readonly record?: HeadRecord | undefined;
}

/** Where the stream of heads is read and appended to. */
export const headRecordOf = ({ record, store }: Pick<OwnedRecord, 'record' | 'store'>): HeadRecord =>
  record ?? new HeadTable(store);

export interface SignedHead extends TreeHead, HeadEntry {}

/** Does a head agree with this instance's tree? `later`: the tree has not grown to its size yet. */
export type Judge = (head: TreeHead) => 'agrees' | 'differs' | 'later';

/**
 * The stream of heads as this data folder has verified it, kept in ledger.sqlite and in HEADS_FILE: entry by entry what
 * the record has. Only entries in the record move it on, so that all instances that append follow the same chain.
 */
export class HeadStream {
  private readonly record: HeadRecord;
  private trusted: readonly VerifierKey[];
  private lastHead: SignedHead | undefined;
  /** Revision of the last entry that was read, whether taken or ignored. */
  private revision: number;

  private constructor(
    private readonly parts: OwnedRecord,
    private folded: HeadChain | undefined,
    private readonly judge: Judge,
  ) {
    this.record = headRecordOf(parts);
    this.trusted = parts.trusted;
    this.lastHead = this.findLast();
    this.revision = parts.store.lastRevision();
  }

  /**
   * As far as it was read before. Without a judge every validly signed head is accepted. Throws a RecordFault where
   * data folder, HEADS_FILE and record contradict each other.
   */
  static open(parts: OwnedRecord, judge: Judge = () => 'agrees'): HeadStream {
    checkHeads(parts.store, parts.file);
    const stream = new HeadStream(parts, openChain(parts), judge);
    stream.checkSame();
    return stream;
  }

  /** What the stream says up to here; undefined while the log has no keys. */
  get chain(): HeadChain | undefined {
    return this.folded;
  }

  /** The last head that stands, with its note. A head kept by a Disowned or a Restored may have none. */
  get last(): SignedHead | undefined {
    return this.lastHead;
  }

  /** Does the record have entries that were not read yet? */
  hasMore(): boolean {
    for (const _entry of this.record.readFrom(this.revision + 1)) return true;
    return false;
  }

  /**
   * Takes in what came, up to a head that cannot be judged yet. Throws a RecordFault (`split-view`) at a head that is
   * signed, stands, and is not of this tree.
   */
  readOn(): void {
    if (!this.hasMore()) return;
    const next = this.revision + 1;
    const said = this.saidFrom(next);
    for (const entry of this.record.readFrom(next)) if (!this.take(entry, said)) break;
    if (this.revision >= next) this.noteReached();
  }

  /** Is this statement among the entries? An append with an unknown outcome may have put it there. */
  says(note: string): boolean {
    return this.parts.store.statements().some((entry) => entry.note === note);
  }

  /**
   * Appends a signed note that the chain takes. False where another entry came first: it is taken in as soon as it is
   * here. Rejects as the record does; throws the Refusal of the chain.
   */
  async append(note: string): Promise<boolean> {
    const revision = this.revision + 1;
    const step = this.folded ? follow(this.folded, revision, note) : this.begin({ revision, note });
    if ('ignored' in step) throw step.ignored;
    const isAppended = await this.record.append({ revision, note });
    // Unless it was read back from the record meanwhile.
    if (isAppended && this.revision < revision) {
      this.keep({ revision, note }, step);
      this.noteReached();
    }
    if (!isAppended) this.readOn();
    return isAppended;
  }

  /** False for a head that has to wait. `said`: the chain after all statements that are there. */
  private take(entry: HeadEntry, said: HeadChain | undefined): boolean {
    const step = this.folded ? follow(this.folded, entry.revision, entry.note) : this.begin(entry);
    const head = headOf(step);
    if (head && said && stands(said, head)) {
      const verdict = this.judge(head);
      if (verdict === 'later') return false;
      if (verdict === 'differs') throw this.split(entry.revision, head);
    }
    this.keep(entry, step);
    return true;
  }

  /** The table first: an entry that the file then lacks is added at the next start. */
  private keep(entry: HeadEntry, step: Step | Unbegun): void {
    const { store, file } = this.parts;
    const isIgnored = 'ignored' in step;
    if (isIgnored) console.error(`revision ${entry.revision} of crisislog-heads is ignored: ${step.ignored.message}`);
    const kept = isIgnored ? { ...entry, note: '' } : entry;
    store.addNote(kept);
    file?.addNote(kept);
    this.revision = entry.revision;
    if (step.chain) this.folded = step.chain;
    if (isIgnored) return;
    this.lastHead = step.entry.kind === 'Head' ? { ...step.entry.head, ...entry } : this.findLast();
  }

  /**
   * Notes again how far the log has come, where that is further than its last head: in HEADS_FILE an entry voids that.
   */
  private noteReached(): void {
    const { store, file } = this.parts;
    if (store.size > (this.lastHead?.size ?? 0)) file?.addReached(store);
  }

  /** The first keys. Without trusted keys the first ones seen are trusted, and from then on no others. */
  private begin(entry: HeadEntry): Step | Unbegun {
    const { reader, dataDir } = this.parts;
    const { origin } = reader.genesis();
    const step = begin(origin, this.trusted.length > 0 ? this.trusted : seenKeys(origin, entry.note), entry);
    if (this.trusted.length > 0 || 'ignored' in step) return step;
    this.trusted = seenKeys(origin, entry.note);
    const lines = this.trusted.map((key) => `${formatVerifierKey(key)}\n`);
    writeDurably(join(dataDir, VERIFIER_KEYS_FILE), lines.join(''), 0o644);
    console.error(`the first keys of ${origin} are believed as the record has them: compare ${VERIFIER_KEYS_FILE}`);
    return step;
  }

  /** The chain after all statements that are there: a wrong head that was disowned later is no split view. */
  private saidFrom(revision: number): HeadChain | undefined {
    let chain = this.folded;
    for (const entry of this.record.readFrom(revision)) {
      if (!isStatement(entry.note)) continue;
      if (chain) chain = follow(chain, entry.revision, entry.note).chain;
      else chain = this.begin(entry).chain;
    }
    return chain;
  }

  /**
   * Throws where the record has another entry at the end of this folder's stream. A shorter record may only be late.
   */
  private checkSame(): void {
    const held = this.revision;
    const note = this.parts.store.note(held);
    if (note === undefined || note === '') return;
    for (const entry of this.record.readFrom(held)) {
      if (entry.revision === held && entry.note === note) return;
      throw new RecordFault('split-view', `the record has another entry of revision ${held} of crisislog-heads`);
    }
  }

  private split(revision: number, head: TreeHead): RecordFault {
    const agreed = this.folded?.last?.size ?? 0;
    const detail = `the head over ${head.size} events in revision ${revision} of crisislog-heads is signed, and not of these events`;
    return new RecordFault('split-view', detail, agreed < head.size ? agreed : 0, head.size - 1);
  }

  private findLast(): SignedHead | undefined {
    const head = this.folded?.last;
    const entry = head && this.parts.store.entryOf(head);
    return entry && { ...head, ...entry };
  }
}
