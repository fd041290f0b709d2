import { beginChain, follow, HeadChain, isDisowned } from './head-chain';
import { Refusal } from './refusal';
import { VerifierKey } from './signed-note';
import { checkNoSplit, sameHead, TreeHead } from './tree-head';

/** A signed entry of the stream of heads, as someone was given it. */
export interface SeenEntry {
  readonly revision: number;
  readonly note: string;
}

/**
 * What an auditor saw of a log before, by a way of his own: all its statements up to then, and any of its heads. It is what
 * shows a bundle for what it is that was made under a key long taken out of use, by whoever stole it: such a bundle is
 * sound in itself, and only leaves out what was said since.
 */
export class SeenHeads {
  private constructor(
    private readonly heads: readonly TreeHead[],
    /** Of the chain after each statement. */
    private readonly tips: readonly string[],
  ) {}

  /** Entries that no key then valid signed are passed over. Throws a Refusal where the first are not the keys of this log. */
  static of(origin: string, trusted: readonly VerifierKey[], entries: Iterable<SeenEntry>): SeenHeads {
    const heads: TreeHead[] = [];
    const tips: string[] = [];
    let chain: HeadChain | undefined;
    for (const { revision, note } of entries) {
      if (!chain) {
        chain = beginChain(origin, trusted, note);
        tips.push(chain.tip);
        continue;
      }
      const step = follow(chain, revision, note);
      chain = step.chain;
      if ('ignored' in step) continue;
      if (step.entry.kind === 'Head') heads.push(step.entry.head);
      else tips.push(chain.tip);
    }
    if (!chain) throw new Refusal('truncated', 'no keys were seen');
    return new SeenHeads(heads, tips);
  }

  /**
   * Throws unless this head, under what `chain` says, can be of the log that was seen. `tips` are those of the chain after
   * each of its statements. Returns how many events it has more than the last head seen: fewer only if it was seen itself.
   */
  check(head: TreeHead, chain: HeadChain, tips: readonly string[]): number {
    this.checkStatements(tips);
    const standing = this.heads.filter((seen) => seen.origin === head.origin && !isDisowned(chain, seen));
    for (const seen of standing) checkNoSplit(seen, head);
    const last = standing.reduce((most, { size }) => Math.max(most, size), 0);
    if (head.size < last && !standing.some((seen) => sameHead(seen, head))) {
      throw new Refusal('head-behind', `a head of ${head.size} leaves that was not seen, where one of ${last} was`);
    }
    return head.size - last;
  }

  private checkStatements(tips: readonly string[]): void {
    if (tips.includes(this.tips.at(-1)!)) return;
    if (this.tips.includes(tips.at(-1)!))
      throw new Refusal('truncated', 'it leaves out what was said of keys or heads since: ask for a new one');
    throw new Refusal('split-view', 'of keys or heads it says otherwise than was seen');
  }
}
