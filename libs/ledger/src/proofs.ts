import { ListedLeaves } from './listed-leaves';
import { checkedSize, largestPowerBelow, Subtrees, subtreeRoot } from './merkle-tree';
import { Refusal } from './refusal';
import { checkedHash, Hash, nodeHash, sameHash } from './sha256';

/** RFC 6962 section 2.1.1: the siblings on the way from a leaf to the root of `size` leaves, from below. */
export function inclusionProof(subtrees: Subtrees, index: number, size: number): Hash[] {
  checkIndex(index, size);
  const path: Hash[] = [];
  for (let from = 0, to = size; to - from > 1;) {
    const middle = from + largestPowerBelow(to - from);
    path.push(index < middle ? subtreeRoot(subtrees, middle, to) : subtreeRoot(subtrees, from, middle));
    if (index < middle) to = middle;
    else from = middle;
  }
  return path.reverse();
}

/** RFC 6962 section 2.1.2: what shows that the first `from` of `to` leaves are the same, 0 < from <= to. */
export function consistencyProof(subtrees: Subtrees, from: number, to: number): Hash[] {
  checkSizes(from, to);
  const path: Hash[] = [];
  let left = 0;
  let right = to;
  while (from < right) {
    const middle = left + largestPowerBelow(right - left);
    path.push(from <= middle ? subtreeRoot(subtrees, middle, right) : subtreeRoot(subtrees, left, middle));
    if (from <= middle) right = middle;
    else left = middle;
  }
  // The old root itself is known to whoever asks; any other node of the old tree is not.
  if (left > 0) path.push(subtreeRoot(subtrees, left, right));
  return path.reverse();
}

/**
 * What shows that many leaves are in one tree: the roots of the maximal subtrees without a listed leaf, from left to
 * right. `positions` ascend. ListedLeaves verifies it.
 */
export function multiProof(subtrees: Subtrees, positions: ArrayLike<number>, size: number): Hash[] {
  for (let i = 0; i < positions.length; i++) {
    checkIndex(positions[i]!, size);
    if (i > 0 && positions[i - 1]! >= positions[i]!) throw new Refusal('position-out-of-order', 'positions ascend');
  }
  const proof: Hash[] = [];
  let next = 0;
  const visit = (from: number, to: number): void => {
    const first = positions[next];
    if (first === undefined || first >= to) return void proof.push(subtreeRoot(subtrees, from, to));
    if (positions[next + (to - from) - 1] === to - 1) return void (next += to - from);
    const middle = from + largestPowerBelow(to - from);
    visit(from, middle);
    visit(middle, to);
  };
  if (checkedSize(size) > 0) visit(0, size);
  return proof;
}

/** Throws a Refusal unless the leaf is the one at `index` of the `size` leaves under `root`. */
export function verifyInclusion(leaf: Hash, index: number, size: number, proof: readonly Hash[], root: Hash): void {
  checkIndex(index, size);
  const siblings = new Backwards(proof);
  const computed = (at: number, width: number): Hash => {
    if (width === 1) return checkedHash(leaf);
    const middle = largestPowerBelow(width);
    const sibling = siblings.next();
    return at < middle
      ? nodeHash(computed(at, middle), sibling)
      : nodeHash(sibling, computed(at - middle, width - middle));
  };
  checkRoot(computed(index, size), root, `leaf ${index}`);
  siblings.checkEnd();
}

/** Throws a Refusal unless the tree of `to` leaves begins with the tree of `from` leaves, 0 < from <= to. */
export function verifyConsistency(
  from: number,
  oldRoot: Hash,
  to: number,
  newRoot: Hash,
  proof: readonly Hash[],
): void {
  checkSizes(from, to);
  const nodes = new Backwards(proof);
  /** The root over the old leaves of a subtree, and over all of its leaves. Every hash of the proof enters one. */
  const computed = (old: number, width: number, leftmost: boolean): [Hash, Hash] => {
    if (old === width) {
      const shared = leftmost ? oldRoot : nodes.next();
      return [shared, shared];
    }
    const middle = largestPowerBelow(width);
    const sibling = nodes.next();
    if (old <= middle) {
      const [before, after] = computed(old, middle, leftmost);
      return [before, nodeHash(after, sibling)];
    }
    const [before, after] = computed(old - middle, width - middle, false);
    return [nodeHash(sibling, before), nodeHash(sibling, after)];
  };
  const [before, after] = computed(from, to, true);
  checkRoot(before, oldRoot, `the old tree of ${from} leaves`);
  checkRoot(after, newRoot, `the new tree of ${to} leaves`);
  nodes.checkEnd();
}

/** Throws a Refusal unless these leaves (positions ascending) are at these positions of the `size` leaves under `root`. */
export function verifyMultiProof(
  leaves: Iterable<readonly [position: number, leaf: Hash]>,
  size: number,
  proof: readonly Hash[],
  root: Hash,
): void {
  const listed = new ListedLeaves();
  for (const [position, leaf] of leaves) listed.add(position, leaf);
  checkRoot(listed.root(size, proof), root, `the ${listed.count} listed leaves`);
}

/** Proofs of RFC 6962 run from below to the root; verifying begins at the root. Each hash must be used, once. */
class Backwards {
  private left: number;

  constructor(private readonly hashes: readonly Hash[]) {
    this.left = hashes.length;
  }

  next(): Hash {
    const hash = this.hashes[--this.left];
    if (!hash) throw new Refusal('proof-too-short', `${this.hashes.length} hashes are not enough`);
    return hash;
  }

  checkEnd(): void {
    if (this.left > 0) throw new Refusal('proof-too-long', `${this.left} of ${this.hashes.length} hashes are too many`);
  }
}

function checkRoot(computed: Hash, expected: Hash, what: string): void {
  if (!sameHash(computed, expected)) throw new Refusal('root-differs', `${what} and the proof give another root`);
}

function checkIndex(index: number, size: number): void {
  checkedSize(size);
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new Refusal('out-of-range', `a tree of ${size} leaves has no leaf ${index}`);
  }
}

function checkSizes(from: number, to: number): void {
  if (checkedSize(from) === 0 || from > checkedSize(to)) {
    throw new Refusal(
      'out-of-range',
      `consistency is shown from a size above 0 to one not below it, not ${from} to ${to}`,
    );
  }
}
