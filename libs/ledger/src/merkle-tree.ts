import { HashList } from './hash-list';
import { Refusal } from './refusal';
import { checkedHash, EMPTY_ROOT, Hash, nodeHash } from './sha256';

/** All that is needed to go on appending and to know the root: 32 bytes for each bit set in the size. */
export interface Frontier {
  readonly size: number;
  /** The roots of the complete subtrees that the size divides into, from left (the largest) to right. */
  readonly peaks: readonly Hash[];
}

export const EMPTY_FRONTIER: Frontier = { size: 0, peaks: [] };

/** Is told of each complete subtree once, children before parents; `index` counts the subtrees of that level. */
export type OnComplete = (level: number, index: number, root: Hash) => void;

/** The frontier after these leaves. Tells what became complete: what a store keeps to answer proofs from. */
export function extend(frontier: Frontier, leaves: Iterable<Hash>, onComplete?: OnComplete): Frontier {
  const peaks = [...frontier.peaks];
  let { size } = frontier;
  for (const leaf of leaves) {
    let root = checkedHash(leaf);
    let level = 0;
    let index = size++;
    onComplete?.(level, index, root);
    while (index % 2 === 1) {
      root = nodeHash(peaks.pop()!, root);
      index = (index - 1) / 2;
      onComplete?.(++level, index, root);
    }
    peaks.push(root);
  }
  return { size, peaks };
}

export const rootOf = ({ peaks }: Frontier): Hash =>
  peaks.length === 0 ? EMPTY_ROOT : peaks.reduceRight((right, left) => nodeHash(left, right));

/**
 * Where proofs are made from: the root of a complete subtree. Level 0 are the leaves; subtree `index` of a level has
 * the 2^level leaves from index × 2^level. Throws or answers undefined for what it does not hold.
 */
export type Subtrees = (level: number, index: number) => Hash | undefined;

/**
 * Subtrees from a store that keeps only levels 0, 8, 16, …: `read` answers any of those. Others cost 2^(level mod 8)
 * hashes.
 */
export const everyEighth =
  (read: Subtrees): Subtrees =>
  (level, index) => {
    const kept = level - (level % 8);
    const count = 2 ** (level - kept);
    const roots = Array.from({ length: count }, (_, i) => held(read, kept, index * count + i));
    return extend(EMPTY_FRONTIER, roots).peaks[0];
  };

/** The root over the leaves `from` to `to` (exclusive), where RFC 6962 has a node for just these. */
export function subtreeRoot(subtrees: Subtrees, from: number, to: number): Hash {
  if (from === to) return EMPTY_ROOT;
  const level = Math.round(Math.log2(to - from));
  if (2 ** level === to - from) return held(subtrees, level, from / (to - from));
  const middle = from + largestPowerBelow(to - from);
  return nodeHash(subtreeRoot(subtrees, from, middle), subtreeRoot(subtrees, middle, to));
}

/** The frontier the tree had at an earlier size. Its root is the root of that size. */
export const frontierAt = (subtrees: Subtrees, size: number): Frontier => ({
  size,
  peaks: peaksOf(checkedSize(size)).map(({ level, index }) => held(subtrees, level, index)),
});

function held(subtrees: Subtrees, level: number, index: number): Hash {
  const root = subtrees(level, index);
  if (!root) throw new Refusal('out-of-range', `there is no subtree ${index} of level ${level}`);
  return root;
}

function peaksOf(size: number): { level: number; index: number }[] {
  const peaks = [];
  for (let from = 0; from < size;) {
    const width = size - from === 1 ? 1 : largestPowerBelow(size - from + 1);
    peaks.push({ level: Math.log2(width), index: from / width });
    from += width;
  }
  return peaks;
}

/** The largest power of two below n > 1: where RFC 6962 divides n leaves. Not by shifts: they end at 2^32. */
export function largestPowerBelow(n: number): number {
  const high = Math.floor((n - 1) / 2 ** 32);
  return high > 0 ? 2 ** (63 - Math.clz32(high)) : 2 ** (31 - Math.clz32(n - 1));
}

export function checkedSize(size: number): number {
  if (!Number.isSafeInteger(size) || size < 0) throw new Refusal('out-of-range', `a size is not ${size}`);
  return size;
}

/** A tree in memory, 64 bytes a leaf. For tools and tests; a server keeps a frontier and its subtrees in its store. */
export class MerkleTree {
  private current = EMPTY_FRONTIER;
  private readonly levels: HashList[] = [];

  /** Frozen at the moment it is read: later appends make another. */
  get frontier(): Frontier {
    return this.current;
  }

  get size(): number {
    return this.current.size;
  }

  append(leaves: Iterable<Hash>): void {
    this.current = extend(this.current, leaves, (level, _index, root) =>
      (this.levels[level] ??= new HashList()).push(root),
    );
  }

  readonly subtrees: Subtrees = (level, index) => this.levels[level]?.at(index);
}
