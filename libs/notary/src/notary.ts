import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventLogError, type HeadRecord, type LogReader } from '#event-log';
import { epochOrigin, type Hash, type HeadChain, Refusal, sameHash, type SigningKey, signNextHead } from '#ledger';
import { checkFile, checkLast, checkLeaf, checkSinceLastHead, growTo, holds } from './check-start';
import { HeadStream, type Judge, type SignedHead } from './head-stream';
import { HeadsFile } from './heads-file';
import { isNamed, readVerifierKeys, signerOf, VERIFIER_KEYS_FILE } from './key-files';
import { headIn, LedgerStore } from './ledger-store';
import { RecordFault } from './record-fault';
import { openedEvents, storedLeaves } from './stored-leaves';

/** Events a transaction of the tree, and a head at most. */
export const BATCH = 1_000;
const HEAD_EVERY_MS = 1_000;
/** How long `settle` waits for another instance to sign, and how often it looks. */
const SETTLE_MS = 2_000;
const LOOK_MS = 20;

export interface NotaryOptions {
  readonly dataDir: string;
  readonly reader: LogReader;
  /** `HEADS_FILE`, outside the data folder. */
  readonly headsFile?: string | undefined;
  /** Where the stream of heads is, for several instances; default: in the data folder, for this one. */
  readonly record?: HeadRecord | undefined;
}

/**
 * Keeps the Merkle tree of a log and signs its heads, after the appends and without delaying any. Every hash is
 * recomputed from stored bytes before anything is signed, and every head of another instance is compared with this
 * tree. Works in batches, so that its caller keeps the thread.
 */
export class Notary {
  private proposedAt = -Infinity;
  private proposing: Promise<void> | undefined;
  /** Why the last head could not be proposed. */
  private trouble: string | undefined;
  /** Events below this were recomputed since the start. */
  private swept = 0;
  /** The epoch at the start: after a restore with a loss the log is another one. */
  private readonly epoch: number;

  private constructor(
    private readonly reader: LogReader,
    readonly store: LedgerStore,
    private readonly stream: HeadStream,
    private readonly key: SigningKey | undefined,
    private readonly file: HeadsFile | undefined,
    private readonly isShared: boolean,
    /** What is to be closed when the notary is. */
    private readonly parts: DisposableStack,
  ) {
    this.epoch = stream.chain?.epoch ?? 0;
  }

  /**
   * Checks the log against its heads: nothing is missing, the indexes are sound, what came after the last head is
   * recomputed; of a record that others sign, every head that came since. Throws a RecordFault. Everything older is for
   * `sweep`.
   */
  static open({ dataDir, reader, headsFile, record }: NotaryOptions): Notary {
    checkFile(reader);
    using open = new DisposableStack();
    const store = open.use(LedgerStore.open(dataDir));
    const file = open.use(
      headsFile === undefined ? undefined : HeadsFile.open(headsFile, (note) => holds(store, note)),
    );
    const trustFile = join(dataDir, VERIFIER_KEYS_FILE);
    const trusted = existsSync(trustFile) ? readVerifierKeys(trustFile) : [];
    const stream = HeadStream.open({ dataDir, reader, store, file, trusted, record }, judgeOf(reader, store));
    const { chain } = stream;
    checkLast(reader, store, chain, file?.reached);
    checkSinceLastHead(reader, store, chain?.last?.size ?? 0);
    if (stream.hasMore()) growTo(reader, store, reader.head() + 1);
    stream.readOn();
    const isShared = record !== undefined;
    const key = signerOf(dataDir, stream.chain, isShared);
    return new Notary(reader, store, stream, key, file, isShared, open.move());
  }

  /** What the stream of heads says; undefined while the log has no keys. */
  get chain(): HeadChain | undefined {
    return this.stream.chain;
  }

  get head(): SignedHead | undefined {
    return this.stream.last;
  }

  /** The head at a revision of the stream of heads. */
  signedHead(revision: number): SignedHead | undefined {
    const note = this.store.note(revision);
    const head = note === undefined ? undefined : headIn(note);
    return head && { ...head, revision, note: note! };
  }

  /** The leaf of an event of the tree, computed again from what is stored. Throws a RecordFault. */
  recomputedLeaf(position: number): Hash {
    for (const { leaf } of openedEvents(this.reader, position, position + 1)) {
      checkLeaf(this.store, position, leaf);
      return leaf;
    }
    throw new RecordFault('altered', 'the event is missing', position);
  }

  /** Undefined where this instance verifies and does not sign. */
  get signer(): SigningKey | undefined {
    return this.key && this.chain && isNamed(this.chain, this.key) ? this.key : undefined;
  }

  /**
   * Takes one batch into the tree, and heads that came; signs one if it is due. False when nothing was left to take.
   */
  async advance(now: number): Promise<boolean> {
    const grows = this.grow();
    this.readOn(now);
    const isDue = now - this.proposedAt >= HEAD_EVERY_MS || this.unsigned >= BATCH;
    if (isDue && this.unsigned > 0) await this.propose(now);
    return grows;
  }

  /**
   * Takes in everything recorded and has it signed: whoever asks for a proof gets one of all that was acknowledged
   * before. Where others sign, it waits for a moment, and may then answer with an older head.
   */
  async settle(now: number, patienceMs = SETTLE_MS): Promise<SignedHead | undefined> {
    while (this.grow());
    const { size } = this.store;
    const covers = () => (this.head?.size ?? 0) >= size;
    this.readOn(now);
    for (const until = performance.now() + patienceMs; !covers(); this.readOn(now)) {
      if (this.trouble === undefined || now - this.proposedAt >= HEAD_EVERY_MS) await this.propose(now);
      const mayCome = this.isShared && this.chain !== undefined && this.trouble === undefined;
      if (covers() || !mayCome || performance.now() >= until) break;
      await sleep(LOOK_MS);
    }
    return this.head;
  }

  /**
   * Recomputes the next older events and compares them with the tree; false when all were done once. Throws a
   * RecordFault naming the first wrong position.
   */
  sweep(count: number): boolean {
    const to = Math.min(this.swept + count, this.store.size);
    for (const { position, leaf } of openedEvents(this.reader, this.swept, to)) checkLeaf(this.store, position, leaf);
    this.swept = to;
    return to < this.store.size;
  }

  close(): void {
    this.parts.dispose();
  }

  private get unsigned(): number {
    return this.store.size - (this.head?.size ?? 0);
  }

  private grow(): boolean {
    const to = Math.min(this.store.size + BATCH, this.reader.head() + 1);
    if (to <= this.store.size) return false;
    this.store.grow(storedLeaves(this.reader, this.store.size, to));
    this.file?.addReached(this.store);
    return true;
  }

  private readOn(now: number): void {
    const { head } = this;
    this.stream.readOn();
    // A head of another instance counts as proposed: together they sign one a second.
    if (this.head !== head) this.proposedAt = now;
    if ((this.chain?.epoch ?? 0) !== this.epoch)
      throw new RecordFault('heads', 'the record was restored with a loss: start this instance again');
  }

  /** One at a time: the next one extends it. */
  private propose(now: number): Promise<void> {
    return (this.proposing ??= this.proposeHead(now).finally(() => (this.proposing = undefined)));
  }

  /**
   * Proves that the tree begins with the last head of the stream, signs it, and appends it as the next entry. Where
   * another instance was first its head is taken in, and this one proposes later.
   */
  private async proposeHead(now: number): Promise<void> {
    const { chain, signer, store } = this;
    if (chain === undefined || signer === undefined) return;
    const origin = epochOrigin(chain.origin, chain.epoch);
    this.proposedAt = now;
    try {
      const note = signNextHead({ origin, size: store.size, subtrees: store.subtrees, last: chain.last }, signer);
      await this.stream.append(note);
      this.noteTrouble(undefined);
    } catch (error) {
      if (error instanceof Refusal) throw new RecordFault('heads', `this instance can sign no head: ${error.message}`);
      // The head may be in the record all the same: then the mirror brings it.
      if (!(this.isShared && error instanceof EventLogError)) throw error;
      this.noteTrouble(error.message);
    }
  }

  /** Logs a change only, not each failure. */
  private noteTrouble(reason: string | undefined): void {
    if ((reason === undefined) !== (this.trouble === undefined))
      console.error(reason === undefined ? 'heads are signed again' : `no head can be signed: ${reason}`);
    this.trouble = reason;
  }
}

const judgeOf =
  (reader: LogReader, store: LedgerStore): Judge =>
  (head) => {
    // The signer had the events first, and they come here before its head, in the order of the record.
    if (head.size > reader.head() + 1) return 'differs';
    if (head.size > store.size) return 'later';
    return sameHash(store.rootAt(head.size), head.root) ? 'agrees' : 'differs';
  };
