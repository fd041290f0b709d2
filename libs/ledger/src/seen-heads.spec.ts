import { HeadChain, signDisowned, signKeys, signRestored } from './head-chain';
import { frontierAt, rootOf } from './merkle-tree';
import { Refusal } from './refusal';
import { SigningKey } from './signed-note';
import { bundleInput, bundleOf, Note, ORIGIN, SampleChain, sampleKey, sampleLog } from './testing/sample-log';
import { BundleVerifier } from './verify-bundle';
import { writeBundle } from './bundle';

// An auditor who trusts the log's first recovery key, and has a file of what was seen before.

const log = sampleLog(Array.from({ length: 12 }, (_, i) => 'ab'[i % 2]!));
const forged = sampleLog(
  Array.from({ length: 40 }, () => 'a'),
  'forged',
);
const [signing, recovery, second] = [sampleKey('signing'), sampleKey('recovery'), sampleKey('second')] as const;
const trusted = [signing];

const told = (lines: readonly string[], seen?: readonly Note[]): unknown => {
  const verifier = new BundleVerifier({ trusted, ...(seen && { seen }) });
  try {
    lines.forEach((line) => verifier.take(line));
    return verifier.finish().sinceSeen;
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
};

/** A log whose signing key was changed after its second head; what was seen of it, entry by entry. */
function rotated() {
  const chain = new SampleChain();
  const seen: Note[] = [...chain.statements];
  seen.push(chain.addHead(log.tree, 4), chain.addHead(log.tree, 8));
  seen.push(chain.add(signKeys(chain.chain, { signing: [second], recovery }, [recovery])));
  const head = chain.addHead(log.tree, 12, second);
  const bundle = (shown = head, at: { chain: HeadChain; key: SigningKey } = { chain: chain.chain, key: second }) => [
    ...writeBundle({ ...bundleInput(log, 'a', chain, shown), tip: at.chain.tip, key: at.key }),
  ];
  return { chain, seen, head, bundle };
}

describe('a bundle, held against what was seen of the log before', () => {
  it('is of the head seen last, of a later one, or of one seen earlier', () => {
    const { seen, head, bundle } = rotated();
    expect(told(bundle())).toBeUndefined();
    expect(told(bundle(), [...seen, head])).toBe(0);
    expect(told(bundle(), seen)).toBe(4);
    expect(told(bundle(), seen.slice(0, 1))).toBe(12);
  });

  it('is refused where an old key made it, which was stolen after it was out of use', () => {
    const { seen } = rotated();
    const stolen = new SampleChain();
    const lines = bundleOf(forged, 'a', stolen, stolen.addHead(forged.tree));
    // Sound in itself: nothing in it says that there is more.
    expect(told(lines)).toBeUndefined();
    expect(told(lines, seen)).toBe('truncated');
    // To whoever saw nothing of the change it is only newer.
    expect(told(lines, seen.slice(0, 3))).toBe(32);
  });

  it('is refused where it says otherwise of the keys', () => {
    const { seen } = rotated();
    const other = new SampleChain();
    other.add(signKeys(other.chain, { signing: [sampleKey('third')], recovery }, [recovery]));
    const shown = other.addHead(log.tree, 12, sampleKey('third'));
    const lines = [...writeBundle({ ...bundleInput(log, 'a', other, shown), key: sampleKey('third') })];
    expect(told(lines)).toBeUndefined();
    expect(told(lines, seen)).toBe('split-view');
  });

  it('is refused where it is older, and not of a head that was seen', () => {
    const chain = new SampleChain();
    const seen = [...chain.statements];
    const [first, unseen, last] = [4, 6, 12].map((size) => chain.addHead(log.tree, size));
    seen.push(first!, last!);
    expect(told(bundleOf(log, 'a', chain, first!), seen)).toBe(-8);
    expect(told(bundleOf(log, 'a', chain, unseen!), seen)).toBe('head-behind');
    // One that was taken back since is not what it is held against.
    chain.add(signDisowned(chain.chain, { wrong: last!, kept: unseen, reason: 'r' }, recovery));
    expect(told(bundleOf(log, 'a', chain, unseen!), seen)).toBe(2);
  });

  it('is of another epoch than what was seen, where the loss was stated', () => {
    const chain = new SampleChain();
    const seen = [...chain.statements, chain.addHead(log.tree, 12)];
    const kept = { size: 8, root: rootOf(frontierAt(log.tree.subtrees, 8)) };
    chain.add(signRestored(chain.chain, { last: chain.chain.last!, kept }, recovery));
    expect(told(bundleOf(log, 'a', chain, chain.addHead(log.tree, 10)), seen)).toBe(10);
  });

  it('passes over what no key signed, and takes nothing from another log or from nothing', () => {
    const { seen, bundle } = rotated();
    const noise = { revision: 3, note: 'not a note' };
    expect(told(bundle(), [...seen.slice(0, 3), noise])).toBe(4);
    expect(told(bundle(), [])).toBe('truncated');
    expect(told(bundle(), seen.slice(1))).toBe('statement-malformed');
    const others = new SampleChain(sampleKey('signing', `${ORIGIN}/other`), sampleKey('recovery', `${ORIGIN}/other`));
    expect(told(bundle(), others.statements)).toBe('statement-malformed');
  });
});
