import { HashList } from './hash-list';
import { checkedSize, largestPowerBelow } from './merkle-tree';
import { Refusal } from './refusal';
import { checkedHash, EMPTY_ROOT, Hash, nodeHash } from './sha256';

/** An array of hashes, or a HashList. */
export interface Hashes {
  readonly length: number;
  at(index: number): Hash | undefined;
}

/**
 * The verifier of a multi-proof: takes the listed leaves in ascending order, then the proof. Leaves that lie side by
 * side are joined as they come, so memory is 41 bytes for each run of them, and a whole log takes next to nothing.
 */
export class ListedLeaves {
  private readonly roots = new HashList();
  /** Of each root: its first leaf, and its level. */
  private readonly starts: number[] = [];
  private readonly levels: number[] = [];
  private last = -1;
  private added = 0;

  get count(): number {
    return this.added;
  }

  add(position: number, leaf: Hash): void {
    if (!Number.isSafeInteger(position) || position < 0) throw new Refusal('out-of-range', `no position: ${position}`);
    if (position <= this.last) {
      throw new Refusal('position-out-of-order', `position ${position} follows ${this.last}`, { position });
    }
    this.last = position;
    this.added++;
    this.join(position, leaf);
  }

  /** Puts the leaf behind the roots so far, and makes one of two that are halves of one subtree. */
  private join(start: number, root: Hash): void {
    let level = 0;
    while (
      this.levels.at(-1) === level &&
      this.starts.at(-1) === start - 2 ** level &&
      start % 2 ** (level + 1) !== 0
    ) {
      root = nodeHash(this.roots.at(this.roots.length - 1)!, root);
      this.roots.cut(this.roots.length - 1);
      start = this.starts.pop()!;
      this.levels.pop();
      level++;
    }
    this.roots.push(root);
    this.starts.push(start);
    this.levels.push(level);
  }

  /** The root of the tree of `size` leaves that these leaves and this proof make; every hash of it must be used. */
  root(size: number, proof: Hashes): Hash {
    if (this.last >= checkedSize(size)) {
      throw new Refusal('out-of-range', `a tree of ${size} leaves has no leaf ${this.last}`, { position: this.last });
    }
    let listed = 0;
    let used = 0;
    const computed = (from: number, to: number): Hash => {
      const start = this.starts[listed];
      if (start === undefined || start >= to) return needed(proof.at(used++), proof.length);
      if (start === from && 2 ** this.levels[listed]! === to - from) return this.roots.at(listed++)!;
      const middle = from + largestPowerBelow(to - from);
      const left = computed(from, middle);
      return nodeHash(left, computed(middle, to));
    };
    const root = size === 0 ? EMPTY_ROOT : computed(0, size);
    if (used < proof.length) throw new Refusal('proof-too-long', `${proof.length - used} hashes are too many`);
    return root;
  }
}

function needed(hash: Hash | undefined, length: number): Hash {
  if (!hash) throw new Refusal('proof-too-short', `${length} hashes are not enough`);
  return checkedHash(hash);
}
