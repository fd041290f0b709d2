import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { fixture } from '../../../test/support/fixture';
import { EMPTY_FRONTIER, everyEighth, extend, frontierAt, largestPowerBelow, MerkleTree, rootOf } from './merkle-tree';
import {
  consistencyProof,
  inclusionProof,
  multiProof,
  verifyConsistency,
  verifyInclusion,
  verifyMultiProof,
} from './proofs';
import { Refusal } from './refusal';
import { EMPTY_ROOT, Hash, leafHash } from './sha256';

interface Vector {
  name: string;
  proof: string[];
  holds: boolean;
}
interface Inclusion extends Vector {
  leafIdx: number;
  treeSize: number;
  root: string;
  leafHash: string;
}
interface Consistency extends Vector {
  size1: number;
  size2: number;
  root1: string;
  root2: string;
}
const vectors = fixture<{ inclusion: Inclusion[]; consistency: Consistency[] }>('rfc6962-vectors.json');
const bytes = (text: string) => Buffer.from(text, 'base64');

/** What a verification refuses with, undefined if it holds. */
function refusalOf(verification: () => void): string | undefined {
  try {
    verification();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
}

describe('the public vectors of RFC 6962', () => {
  it('are all here, good and forged', () => {
    expect(vectors.inclusion.length + vectors.consistency.length).toBe(196);
    expect(vectors.inclusion.filter(({ holds }) => holds).length).toBeGreaterThan(4);
    expect(vectors.consistency.filter(({ holds }) => holds).length).toBeGreaterThan(4);
  });

  it.each(vectors.inclusion.map((vector) => [vector.name, vector] as const))('inclusion %s', (_name, vector) => {
    const { leafIdx, treeSize, root, leafHash, proof, holds } = vector;
    const refusal = refusalOf(() => verifyInclusion(bytes(leafHash), leafIdx, treeSize, proof.map(bytes), bytes(root)));
    expect(refusal === undefined).toBe(holds);
  });

  it.each(vectors.consistency.map((vector) => [vector.name, vector] as const))('consistency %s', (_name, vector) => {
    const { size1, size2, root1, root2, proof, holds } = vector;
    const refusal = refusalOf(() => verifyConsistency(size1, bytes(root1), size2, bytes(root2), proof.map(bytes)));
    expect(refusal === undefined).toBe(holds);
  });
});

// RFC 6962 section 2.1 as it is written, over lists: slow, and nothing of ours in it.
const sha = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const half = (n: number) => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};
const MTH = (leaves: Hash[]): Hash => {
  if (leaves.length === 0) return sha();
  if (leaves.length === 1) return leaves[0]!;
  const k = half(leaves.length);
  return sha(Buffer.of(1), MTH(leaves.slice(0, k)), MTH(leaves.slice(k)));
};
const PATH = (m: number, leaves: Hash[]): Hash[] => {
  if (leaves.length === 1) return [];
  const k = half(leaves.length);
  return m < k
    ? [...PATH(m, leaves.slice(0, k)), MTH(leaves.slice(k))]
    : [...PATH(m - k, leaves.slice(k)), MTH(leaves.slice(0, k))];
};
const SUBPROOF = (m: number, leaves: Hash[], known: boolean): Hash[] => {
  if (m === leaves.length) return known ? [] : [MTH(leaves)];
  const k = half(leaves.length);
  return m <= k
    ? [...SUBPROOF(m, leaves.slice(0, k), known), MTH(leaves.slice(k))]
    : [...SUBPROOF(m - k, leaves.slice(k), false), MTH(leaves.slice(0, k))];
};

const leavesOf = (size: number) => Array.from({ length: size }, (_, i) => leafHash(`leaf ${i}`));
const treeOf = (leaves: Hash[]) => {
  const tree = new MerkleTree();
  tree.append(leaves);
  return tree;
};
const hex = (hashes: readonly Hash[]) => hashes.map((hash) => Buffer.from(hash).toString('hex'));

const LEAVES = leavesOf(300);
const TREE = treeOf(LEAVES);
const rootAt = (size: number) => rootOf(frontierAt(TREE.subtrees, size));
const size = fc.integer({ min: 1, max: LEAVES.length });
const sizeAndIndex = size.chain((n) => fc.tuple(fc.constant(n), fc.nat(n - 1)));
const twoSizes = size.chain((n) => fc.tuple(fc.integer({ min: 1, max: n }), fc.constant(n)));
const sizeAndPositions = fc
  .integer({ min: 1, max: 80 })
  .chain((n) => fc.tuple(fc.constant(n), fc.subarray(Array.from({ length: n }, (_, i) => i))));

describe('the tree', () => {
  it('has the root of RFC 6962 at every size, now and later', () => {
    let frontier = EMPTY_FRONTIER;
    for (let n = 0; n <= 130; n++) {
      const expected = hex([MTH(LEAVES.slice(0, n))]);
      expect(hex([rootOf(frontier)])).toEqual(expected);
      expect(hex([rootAt(n)])).toEqual(expected);
      expect(hex(frontierAt(TREE.subtrees, n).peaks)).toEqual(hex(frontier.peaks));
      frontier = extend(frontier, [LEAVES[n]!]);
    }
  });

  it('has the well-known root of nothing', () => {
    expect(hex([EMPTY_ROOT])).toEqual(['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855']);
  });

  it('goes on from a frontier, wherever the leaves are divided', () => {
    fc.assert(
      fc.property(twoSizes, ([first, all]) => {
        const before = extend(EMPTY_FRONTIER, LEAVES.slice(0, first));
        expect(hex([rootOf(extend(before, LEAVES.slice(first, all)))])).toEqual(hex([rootAt(all)]));
      }),
    );
  });

  it('tells of each complete subtree once, so that a store can answer from what it was told', () => {
    const store = new Map<string, Hash>();
    extend(EMPTY_FRONTIER, LEAVES, (level, index, root) => {
      expect(store.has(`${level}/${index}`)).toBe(false);
      if (level % 8 === 0) store.set(`${level}/${index}`, Buffer.from(root));
    });
    const kept = everyEighth((level, index) => store.get(`${level}/${index}`));
    fc.assert(
      fc.property(sizeAndIndex, ([n, index]) => {
        expect(hex(inclusionProof(kept, index, n))).toEqual(hex(inclusionProof(TREE.subtrees, index, n)));
      }),
      { numRuns: 50 },
    );
    expect(() => kept(3, 1_000)).toThrow(Refusal);
  });

  it.each([2, 3, 4, 5, 2 ** 31, 2 ** 31 + 1, 2 ** 32, 2 ** 32 + 1, 2 ** 33, 2 ** 52 + 1, Number.MAX_SAFE_INTEGER])(
    'divides %d leaves at the largest power of two below',
    (n) => {
      const middle = largestPowerBelow(n);
      expect(middle < n && middle * 2 >= n).toBe(true);
    },
  );

  it('takes no leaf that is no hash', () => {
    expect(() => new MerkleTree().append([Buffer.alloc(31)])).toThrow(Refusal);
  });
});

describe('proofs', () => {
  it('are those of RFC 6962, and hold', () => {
    fc.assert(
      fc.property(sizeAndIndex, twoSizes, ([n, index], [from, to]) => {
        const path = inclusionProof(TREE.subtrees, index, n);
        expect(hex(path)).toEqual(hex(PATH(index, LEAVES.slice(0, n))));
        verifyInclusion(LEAVES[index]!, index, n, path, rootAt(n));
        const shown = consistencyProof(TREE.subtrees, from, to);
        expect(hex(shown)).toEqual(hex(SUBPROOF(from, LEAVES.slice(0, to), true)));
        verifyConsistency(from, rootAt(from), to, rootAt(to), shown);
      }),
    );
  });

  it('of many leaves are the maximal subtrees without one, from left to right, and hold', () => {
    const reference = (listed: number[], from: number, to: number): Hash[] => {
      if (!listed.some((position) => from <= position && position < to)) return [MTH(LEAVES.slice(from, to))];
      if (to - from === 1) return [];
      const middle = from + half(to - from);
      return [...reference(listed, from, middle), ...reference(listed, middle, to)];
    };
    fc.assert(
      fc.property(sizeAndPositions, ([n, positions]) => {
        const proof = multiProof(TREE.subtrees, positions, n);
        expect(hex(proof)).toEqual(hex(reference(positions, 0, n)));
        verifyMultiProof(at(positions), n, proof, rootAt(n));
      }),
    );
  });

  it('of many leaves need nothing for a whole log, and one hash for none of it', () => {
    expect(multiProof(TREE.subtrees, [...LEAVES.keys()], 300)).toEqual([]);
    expect(hex(multiProof(TREE.subtrees, [], 300))).toEqual(hex([rootAt(300)]));
  });

  it.each<[string, () => unknown]>([
    ['a leaf beyond the tree', () => inclusionProof(TREE.subtrees, 3, 3)],
    ['a size that the store does not have', () => inclusionProof(TREE.subtrees, 3, 600)],
    ['an old tree that is larger', () => consistencyProof(TREE.subtrees, 5, 4)],
    ['an old tree that is empty', () => consistencyProof(TREE.subtrees, 0, 4)],
    ['listed leaves out of order', () => multiProof(TREE.subtrees, [2, 1], 4)],
    ['a listed leaf beyond the tree', () => multiProof(TREE.subtrees, [4], 4)],
  ])('are not made for %s', (_case, make) => expect(make).toThrow(Refusal));
});

const at = (positions: readonly number[]) => positions.map((position) => [position, LEAVES[position]!] as const);

/** Every way to forge a list of hashes that touches one place: the first, the last, or one in the middle. */
type Forgery = { kind: 'bit' | 'drop' | 'repeat' | 'swap' | 'short'; place: number; bit: number };
const forgery: fc.Arbitrary<Forgery> = fc.record({
  kind: fc.constantFrom('bit', 'drop', 'repeat', 'swap', 'short'),
  place: fc.nat(1_000),
  bit: fc.nat(255),
});
function forge(hashes: readonly Hash[], { kind, place, bit }: Forgery): Hash[] {
  const forged = hashes.map((hash) => Buffer.from(hash));
  if (forged.length === 0) return [LEAVES[0]!];
  const i = place % forged.length;
  if (kind === 'drop') forged.splice(i, 1);
  else if (kind === 'repeat') forged.splice(i, 0, forged[i]!);
  else if (kind === 'short') forged[i] = forged[i]!.subarray(0, 31);
  else if (kind === 'swap' && forged.length > 1) forged.push(...forged.splice(i, 1).concat(forged.splice(0, 1)));
  else forged[i]![bit >> 3]! ^= 1 << (bit & 7);
  return forged;
}
const REASONS = {
  drop: ['proof-too-short'],
  repeat: ['proof-too-long', 'root-differs'],
  short: ['hash-malformed'],
  swap: ['root-differs'],
  bit: ['root-differs'],
};

describe('a forged proof is refused, wherever it was touched,', () => {
  const refused = (hashes: readonly Hash[], forged: Forgery, verify: (proof: Hash[]) => void) => {
    const proof = forge(hashes, forged);
    fc.pre(hex(proof).join() !== hex(hashes).join());
    const reasons = hashes.length === 0 ? ['proof-too-long'] : REASONS[forged.kind];
    expect(reasons).toContain(refusalOf(() => verify(proof)));
  };

  it('of inclusion', () => {
    fc.assert(
      fc.property(sizeAndIndex, forgery, ([n, index], forged) => {
        const proof = inclusionProof(TREE.subtrees, index, n);
        refused(proof, forged, (it) => verifyInclusion(LEAVES[index]!, index, n, it, rootAt(n)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('of consistency', () => {
    fc.assert(
      fc.property(twoSizes, forgery, ([from, to], forged) => {
        const proof = consistencyProof(TREE.subtrees, from, to);
        refused(proof, forged, (it) => verifyConsistency(from, rootAt(from), to, rootAt(to), it));
      }),
      { numRuns: 1_000 },
    );
  });

  it('of many leaves', () => {
    fc.assert(
      fc.property(sizeAndPositions, forgery, ([n, positions], forged) => {
        const proof = multiProof(TREE.subtrees, positions, n);
        refused(proof, forged, (it) => verifyMultiProof(at(positions), n, it, rootAt(n)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('also where it is true of another leaf, another size or another history', () => {
    fc.assert(
      fc.property(sizeAndIndex, twoSizes, fc.nat(299), ([n, index], [from, to], other) => {
        const path = inclusionProof(TREE.subtrees, index, n);
        const moved = () => verifyInclusion(LEAVES[index]!, other, n, path, rootAt(n));
        const replaced = () => verifyInclusion(LEAVES[other]!, index, n, path, rootAt(n));
        if (other !== index) expect([refusalOf(moved), refusalOf(replaced)]).not.toContain(undefined);
        // The history before `from` rewritten: the new log is sound in itself, its proof too.
        const rewritten = treeOf(LEAVES.slice(0, to).map((leaf, i) => (i === from - 1 ? LEAVES[299]! : leaf)));
        if (from === 300) return;
        const proof = consistencyProof(rewritten.subtrees, from, to);
        expect(refusalOf(() => verifyConsistency(from, rootAt(from), to, rootOf(rewritten.frontier), proof))).toBe(
          'root-differs',
        );
      }),
    );
  });

  it('of many leaves with a leaf moved, left out, added or changed', () => {
    const change = fc.constantFrom('move', 'omit', 'add', 'change');
    fc.assert(
      fc.property(sizeAndPositions, change, fc.nat(1_000), ([n, positions], kind, pick) => {
        fc.pre(positions.length > 0);
        const proof = multiProof(TREE.subtrees, positions, n);
        const listed = at(positions).map(([position, leaf]) => ({ position, leaf }));
        const i = pick % listed.length;
        const free = Array.from({ length: n }, (_, p) => p).filter((p) => !positions.includes(p));
        if (kind === 'omit') listed.splice(i, 1);
        else if (kind === 'change') listed[i]!.leaf = LEAVES[299]!;
        else {
          fc.pre(free.length > 0);
          const position = free[pick % free.length]!;
          if (kind === 'move') listed[i]!.position = position;
          else listed.push({ position, leaf: LEAVES[299]! });
          listed.sort((a, b) => a.position - b.position);
        }
        const entries = listed.map(({ position, leaf }) => [position, leaf] as const);
        expect(refusalOf(() => verifyMultiProof(entries, n, proof, rootAt(n)))).toMatch(/root-differs|proof-too/);
      }),
      { numRuns: 1_000 },
    );
  });
});
