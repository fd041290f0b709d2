import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LogReader } from '#event-log';
import { epochOrigin, follow, type Hash, type HeadChain, type SigningKey, signNextHead, type TreeHead } from '#ledger';
import { checkFile, checkHeads, checkLast, checkLeaf, checkSinceLastHead, holds, openChain } from './check-start';
import { HeadsFile } from './heads-file';
import { readVerifierKeys, signerOf, VERIFIER_KEYS_FILE } from './key-files';
import { headIn, LedgerStore, type Note } from './ledger-store';
import { RecordFault } from './record-fault';
import { openedEvents, storedLeaves } from './stored-leaves';

/** Events a transaction of the tree, and a head at most. */
export const BATCH = 1_000;
const HEAD_EVERY_MS = 1_000;

export interface NotaryOptions {
  readonly dataDir: string;
  readonly reader: LogReader;
  /** `HEADS_FILE`, outside the data folder. */
  readonly headsFile?: string | undefined;
}

export interface SignedHead extends TreeHead, Note {}

/**
 * Keeps the Merkle tree of a log and signs its heads, behind the appends and not on their way. Every hash is computed
 * again from stored bytes before anything is signed. Works synchronously, in batches: its caller has the thread.
 */
export class Notary {
  private last: SignedHead | undefined;
  private signedAt = -Infinity;
  /** Up to where everything was recomputed since the start. */
  private swept = 0;

  private constructor(
    private readonly reader: LogReader,
    readonly store: LedgerStore,
    /** What the stream of heads says; undefined while the log has no keys. */
    public chain: HeadChain | undefined,
    private readonly key: SigningKey | undefined,
    private readonly file: HeadsFile | undefined,
  ) {
    this.last = lastHead(store, chain);
  }

  /**
   * Checks the log against its heads: nothing is missing, the indexes are sound, what came after the last head is
   * recomputed. Throws a RecordFault. Everything older is for `sweep`.
   */
  static open({ dataDir, reader, headsFile }: NotaryOptions): Notary {
    checkFile(reader);
    const store = LedgerStore.open(dataDir);
    let file: HeadsFile | undefined;
    try {
      file = headsFile === undefined ? undefined : HeadsFile.open(headsFile, (note) => holds(store, note));
      const trustFile = join(dataDir, VERIFIER_KEYS_FILE);
      const trusted = existsSync(trustFile) ? readVerifierKeys(trustFile) : [];
      checkHeads(store, file);
      const chain = openChain(store, reader.genesis().origin, trusted);
      checkLast(reader, store, chain, file?.reached);
      checkSinceLastHead(reader, store, chain?.last?.size ?? 0);
      return new Notary(reader, store, chain, signerOf(dataDir, chain), file);
    } catch (error) {
      store.close();
      file?.close();
      throw error;
    }
  }

  get head(): SignedHead | undefined {
    return this.last;
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

  get signer(): SigningKey | undefined {
    return this.key;
  }

  /** Takes one batch into the tree and signs a head if one is due; false when nothing was left to take. */
  advance(now: number): boolean {
    const to = Math.min(this.store.size + BATCH, this.reader.head() + 1);
    const grows = to > this.store.size;
    if (grows) {
      this.store.grow(storedLeaves(this.reader, this.store.size, to));
      this.file?.addReached(this.store);
    }
    const isDue = now - this.signedAt >= HEAD_EVERY_MS || this.unsigned >= BATCH;
    if (isDue && this.unsigned > 0) this.sign(now);
    return grows;
  }

  /** Milliseconds until a head is due; undefined when there is nothing to sign. */
  dueIn(now: number): number | undefined {
    return this.unsigned === 0 || !this.canSign() ? undefined : Math.max(0, this.signedAt + HEAD_EVERY_MS - now);
  }

  /** Takes in everything recorded and signs it: whoever asks for a proof gets one of all that was acknowledged before. */
  settle(now: number): SignedHead | undefined {
    while (this.advance(now));
    if (this.unsigned > 0) this.sign(now);
    return this.last;
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
    this.store.close();
    this.file?.close();
  }

  private get unsigned(): number {
    return this.store.size - (this.last?.size ?? 0);
  }

  private canSign(): boolean {
    return this.chain !== undefined && this.key !== undefined;
  }

  private sign(now: number): void {
    const { chain, key, store } = this;
    if (chain === undefined || key === undefined) return;
    const origin = epochOrigin(chain.origin, chain.epoch);
    const note = signNextHead({ origin, size: store.size, subtrees: store.subtrees, last: chain.last }, key);
    const revision = chain.revision + 1;
    const step = follow(chain, revision, note);
    if ('ignored' in step) throw new RecordFault('heads', `this instance's key signs no head: ${step.ignored.message}`);
    // The table first: an entry that the file lacks is written there at the next start, one too many is a rollback.
    store.addNote({ revision, note }, store.size);
    this.file?.addNote({ revision, note });
    this.chain = step.chain;
    this.last = { ...step.chain.last!, revision, note };
    this.signedAt = now;
  }
}

/** The last head that stands, with its note. A head kept by a Disowned or a Restored may have none. */
function lastHead(store: LedgerStore, chain: HeadChain | undefined): SignedHead | undefined {
  const entry = chain?.last && store.entryOf(chain.last);
  return entry && { ...chain.last, ...entry };
}
