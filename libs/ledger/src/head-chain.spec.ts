import fc from 'fast-check';
import { Entry, follow, signDisowned, signKeys, signRestored, walkHeads } from './head-chain';
import { Refusal } from './refusal';
import { leafHash, sameHash } from './sha256';
import { formatVerifierKey, parseVerifierKey } from './signed-note';
import { signStatement } from './statement';
import { ORIGIN, SampleChain, sampleKey, sampleLog } from './testing/sample-log';
import {
  checkExtends,
  epochOrigin,
  headText,
  openHead,
  parseHead,
  signHead,
  signNextHead,
  TreeHead,
} from './tree-head';
import { consistencyProof } from './proofs';
import { frontierAt, rootOf } from './merkle-tree';

const { tree } = sampleLog(Array.from({ length: 40 }, () => 'a'));
const { tree: otherTree } = sampleLog(
  Array.from({ length: 40 }, () => 'a'),
  'other',
);
const headAt = (size: number, from = tree): TreeHead => ({
  origin: ORIGIN,
  size,
  root: rootOf(frontierAt(from.subtrees, size)),
});
const [signing, recovery, second, thief] = ['signing', 'recovery', 'second', 'thief'].map((label) =>
  sampleKey(label),
) as [
  ReturnType<typeof sampleKey>,
  ReturnType<typeof sampleKey>,
  ReturnType<typeof sampleKey>,
  ReturnType<typeof sampleKey>,
];
const reasonOf = (step: () => unknown): string => {
  try {
    step();
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
  return 'accepted';
};

describe('a tree head', () => {
  it('is the checkpoint of the specification', () => {
    const text = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
    expect(parseHead(text)).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20852163 });
    expect(headText(parseHead(text))).toBe(text);
  });

  it.each([
    ['a leading zero', 'o\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    ['a size that no number holds', 'o\n9007199254740992\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    ['a short root', 'o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jx\n'],
    ['another line', 'o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nmore\n'],
    ['no origin', '\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
  ])('with %s is refused', (_case, text) => expect(reasonOf(() => parseHead(text))).toMatch(/malformed/));

  it('is opened under the name of its log', () => {
    expect(openHead(signHead(headAt(5), signing), [signing])).toEqual(headAt(5));
    expect(reasonOf(() => openHead(signHead(headAt(5), thief), [signing]))).toBe('signature-unknown');
  });

  it('is signed only over a log that begins with the last one', () => {
    const log = { origin: ORIGIN, subtrees: tree.subtrees };
    expect(openHead(signNextHead({ ...log, size: 9, last: headAt(5) }, signing), [signing])).toEqual(headAt(9));
    expect(openHead(signNextHead({ ...log, size: 9, last: headAt(0) }, signing), [signing])).toEqual(headAt(9));
    expect(reasonOf(() => signNextHead({ ...log, size: 9, last: headAt(5, otherTree) }, signing))).toBe('split-view');
    expect(reasonOf(() => signNextHead({ ...log, size: 9, last: headAt(10) }, signing))).toBe('head-behind');
    expect(reasonOf(() => signNextHead({ ...log, size: 90, last: headAt(5) }, signing))).toBe('out-of-range');
  });

  it('is not signed after a bit of the stored tree was changed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 39 }), fc.nat(255), (size, bit) => {
        // Of the nodes that the last head was made from, one is not what it was.
        const { peaks } = frontierAt(tree.subtrees, size);
        const damaged = peaks[bit % peaks.length]!;
        const subtrees = (level: number, index: number) => {
          const root = Buffer.from(tree.subtrees(level, index)!);
          if (sameHash(root, damaged)) root[bit >> 3]! ^= 1 << (bit & 7);
          return root;
        };
        const last = headAt(size);
        expect(reasonOf(() => signNextHead({ origin: ORIGIN, size: 40, subtrees, last }, signing))).toBe('split-view');
      }),
    );
  });

  it('of a rewritten log does not extend the head that was shown', () => {
    const proof = consistencyProof(otherTree.subtrees, 7, 30);
    expect(reasonOf(() => checkExtends(headAt(7), headAt(30, otherTree), proof))).toBe('root-differs');
    expect(reasonOf(() => checkExtends(headAt(7), headAt(7, otherTree), []))).toBe('split-view');
    expect(reasonOf(() => checkExtends(headAt(7), headAt(30), consistencyProof(tree.subtrees, 7, 30)))).toBe(
      'accepted',
    );
  });
});

/** Keys, then these notes. */
const walk = (heads: SampleChain, ...notes: string[]) => {
  const all = [...heads.statements.slice(0, 1).map(({ note }) => note), ...notes];
  const { chain, entries, ignored } = walkHeads(ORIGIN, [signing], all);
  return { chain, kinds: entries.map((entry: Entry) => entry.kind), ignored: ignored.map(({ reason }) => reason) };
};
const start = () => new SampleChain(signing, recovery);

describe('the chain of heads', () => {
  it('is walked from the keys at revision 0', () => {
    const heads = start();
    const notes = [3, 9, 9, 40].map((size) => signHead(headAt(size), signing));
    const { chain, kinds, ignored } = walk(heads, ...notes);
    expect(kinds).toEqual(['Keys', 'Head', 'Head', 'Head', 'Head']);
    expect(ignored).toEqual([]);
    expect(chain).toMatchObject({ revision: 4, epoch: 0, last: headAt(40) });
  });

  it('begins with keys that name the trusted one, which signed them', () => {
    const forged = signKeys(undefined, { signing: [thief], recovery }, [thief]);
    expect(reasonOf(() => walkHeads(ORIGIN, [signing], [forged]))).toBe('signature-unknown');
    const others = signKeys(undefined, { signing: [thief], recovery }, [signing]);
    expect(reasonOf(() => walkHeads(ORIGIN, [signing], [others]))).toBe('signature-unknown');
    expect(reasonOf(() => walkHeads(ORIGIN, [signing], []))).toBe('truncated');
    expect(reasonOf(() => walkHeads(ORIGIN, [signing], [signHead(headAt(3), signing)]))).toBe('statement-malformed');
  });

  it('may be trusted by its recovery key', () => {
    const both = signKeys(undefined, { signing: [signing], recovery }, [signing, recovery]);
    const trusted = parseVerifierKey(formatVerifierKey(recovery));
    expect(walkHeads(ORIGIN, [trusted], [both, signHead(headAt(3), signing)]).chain.last).toEqual(headAt(3));
  });

  it('ignores, loudly, what no valid key signed', () => {
    const { chain, ignored } = walk(
      start(),
      signHead(headAt(9), thief),
      'not a note',
      signHead({ ...headAt(9), origin: 'other.example' }, signing),
      signHead(headAt(9), recovery),
      signStatement(`${ORIGIN}/unheard-of`, {}, [signing]),
      signStatement(`${ORIGIN}/keys`, { previous: null }, [thief]),
    );
    expect(chain).toMatchObject({ revision: 6, last: undefined });
    expect(ignored).toEqual([
      'signature-unknown',
      'wrong-origin',
      'wrong-origin',
      'signature-unknown',
      'wrong-origin',
      'signature-unknown',
    ]);
  });

  it('takes new keys from a key then valid, and from then on no head of an old one', () => {
    const heads = start();
    const rotation = signKeys(heads.chain, { signing: [second], recovery }, [signing]);
    const early = signHead(headAt(3), second);
    const { chain, kinds, ignored } = walk(
      heads,
      early,
      rotation,
      signHead(headAt(5), second),
      signHead(headAt(9), signing),
    );
    expect(kinds).toEqual(['Keys', 'Keys', 'Head']);
    expect(ignored).toEqual(['signature-unknown', 'signature-unknown']);
    expect(chain.last).toEqual(headAt(5));
  });

  it('does not let a signing key replace the recovery key', () => {
    const heads = start();
    const stolen = signKeys(heads.chain, { signing: [signing], recovery: thief }, [signing]);
    expect(walk(heads, stolen).ignored).toEqual(['recovery-key-needed']);
    const moved = signKeys(heads.chain, { signing: [signing], recovery: second }, [recovery]);
    expect(walk(heads, moved).ignored).toEqual([]);
  });

  it('hears of a recovery key that was replaced nothing more, and of the one that the statement names', () => {
    const heads = start();
    const before = heads.chain;
    heads.add(signKeys(heads.chain, { signing: [signing], recovery: second }, [recovery]));
    const [moved] = heads.statements.slice(1).map(({ note }) => note);
    const disowned = { wrong: headAt(9, otherTree), kept: headAt(5), reason: 'a bit was changed' };
    const restored = { last: headAt(12), kept: headAt(9) };
    const saidBy = (key: typeof second) => [
      signKeys(heads.chain, { signing: [thief], recovery: thief }, [key]),
      signDisowned(heads.chain, disowned, key),
      signRestored(heads.chain, restored, key),
    ];
    for (const note of saidBy(recovery)) expect(walk(heads, moved!, note).ignored).toEqual(['signature-unknown']);
    for (const note of saidBy(second)) expect(walk(heads, moved!, note).ignored).toEqual([]);
    // Nor was the new one of any weight before.
    expect(walk(heads, signKeys(before, { signing: [second], recovery: second }, [second])).ignored).toEqual([
      'signature-unknown',
    ]);
    // It stands in no first entry, so trust cannot begin with it.
    expect(
      reasonOf(() =>
        walkHeads(
          ORIGIN,
          [second],
          heads.statements.map(({ note }) => note),
        ),
      ),
    ).toBe('signature-unknown');
  });

  it('does not hear a statement twice: keys that were replaced stay replaced', () => {
    const heads = start();
    const widened = signKeys(heads.chain, { signing: [signing, second], recovery }, [signing]);
    heads.add(widened);
    const narrowed = signKeys(heads.chain, { signing: [signing], recovery }, [signing]);
    const { chain, ignored } = walk(heads, widened, narrowed, widened, signHead(headAt(3), second));
    expect(ignored).toEqual(['not-next', 'signature-unknown']);
    expect(chain.signing.map(({ id }) => id)).toEqual([signing.id]);
  });

  it('does not go on where a statement was left out', () => {
    const heads = start();
    heads.add(signKeys(heads.chain, { signing: [signing, second], recovery }, [signing]));
    const third = signKeys(heads.chain, { signing: [second], recovery }, [second]);
    expect(walk(heads, third).ignored).toEqual(['signature-unknown']);
    const signed = signKeys(heads.chain, { signing: [second], recovery }, [signing]);
    expect(walk(heads, signed).ignored).toEqual(['not-next']);
  });

  it('shows two heads of one size as a split view, until one is disowned', () => {
    const heads = start();
    const wrong = headAt(9, otherTree);
    const both = [signHead(headAt(9), signing), signHead(wrong, signing)];
    const split = walk(heads, ...both);
    expect(split.ignored).toEqual(['split-view']);
    expect(split.chain.contested).toEqual([wrong]);
    const note = signDisowned(heads.chain, { wrong, kept: headAt(9), reason: 'a bit was changed' }, recovery);
    const resolved = walk(heads, ...both, note, signHead(wrong, signing), signHead(headAt(12), signing));
    expect(resolved.ignored).toEqual(['split-view', 'head-disowned']);
    expect(resolved.chain).toMatchObject({ contested: [], disowned: [wrong], last: headAt(12) });
  });

  it('goes on from an earlier head after a wrong one was disowned, by the recovery key alone', () => {
    const heads = start();
    const wrong = headAt(12, otherTree);
    const disowned = { wrong, kept: headAt(9), reason: 'a bit was changed' };
    const before = [signHead(headAt(9), signing), signHead(wrong, signing)];
    expect(walk(heads, ...before, signDisowned(heads.chain, disowned, signing)).ignored).toEqual([
      'recovery-key-needed',
    ]);
    const { chain, kinds } = walk(
      heads,
      ...before,
      signDisowned(heads.chain, disowned, recovery),
      signHead(headAt(11), signing),
    );
    expect(kinds).toEqual(['Keys', 'Head', 'Head', 'Disowned', 'Head']);
    expect(chain.last).toEqual(headAt(11));
  });

  it('starts another epoch, under another name, when a restore lost events', () => {
    const heads = start();
    const restored = { last: headAt(12), kept: headAt(9) };
    const next = (size: number, from = tree) => ({ ...headAt(size, from), origin: epochOrigin(ORIGIN, 1) });
    const before = [signHead(headAt(9), signing), signHead(headAt(12), signing)];
    expect(walk(heads, ...before, signRestored(heads.chain, restored, signing)).ignored).toEqual([
      'recovery-key-needed',
    ]);
    const note = signRestored(heads.chain, restored, recovery);
    const { chain, ignored } = walk(heads, ...before, note, signHead(headAt(12), signing), signHead(next(10), signing));
    // The head of the lost tail, said again, is none of the log that goes on.
    expect(ignored).toEqual(['wrong-origin']);
    expect(chain).toMatchObject({ epoch: 1, last: next(10) });
    const behind = walk(heads, ...before, note, signHead(next(8), signing));
    expect(behind.ignored).toEqual(['head-behind']);
  });

  it('hears of no loss that is made to look smaller, or that changes what was kept', () => {
    const heads = start();
    heads.addHead(tree, 9);
    heads.addHead(tree, 12);
    const said = (last: TreeHead, kept: TreeHead) => {
      const step = follow(heads.chain, 3, signRestored(heads.chain, { last, kept }, recovery));
      return 'ignored' in step ? step.ignored.reason : 'accepted';
    };
    expect(said(headAt(12), headAt(10))).toBe('accepted');
    // A head that this walk was not given may have been the last.
    expect(said(headAt(14), headAt(12))).toBe('accepted');
    expect(said(headAt(10), headAt(9))).toBe('head-behind');
    expect(said(headAt(12, otherTree), headAt(9))).toBe('split-view');
    expect(said(headAt(12), headAt(12, otherTree))).toBe('split-view');
    expect(said(headAt(14), headAt(12, otherTree))).toBe('split-view');
    expect(said({ ...headAt(12), origin: 'other.example' }, headAt(9))).toBe('statement-malformed');
    // More than there was is no loss.
    expect(said(headAt(12), headAt(14))).toBe('statement-malformed');
  });

  it('lets no head take the place of the last but by taking that back by name', () => {
    const heads = start();
    const last = heads.addHead(tree, 9);
    const kept = headAt(9, otherTree);
    const said = (wrong: TreeHead) => {
      const step = follow(heads.chain, 2, signDisowned(heads.chain, { wrong, kept, reason: 'r' }, recovery));
      return 'ignored' in step ? step.ignored.reason : 'accepted';
    };
    expect(said(headAt(12))).toBe('split-view');
    expect(said(last)).toBe('accepted');
  });

  it('hands out the head that a valid key signed and that is ignored: it is evidence', () => {
    const heads = start();
    heads.addHead(tree, 9);
    const step = follow(heads.chain, 2, signHead(headAt(4, otherTree), signing));
    expect(step).toMatchObject({
      ignored: { reason: 'head-behind', where: { revision: 2 } },
      head: headAt(4, otherTree),
    });
    expect(reasonOf(() => follow(heads.chain, 1, signHead(headAt(10), signing)))).toBe('entry-out-of-order');
  });

  it('refuses statements that say less than they must', () => {
    const heads = start();
    const say = (kind: string, body: object) =>
      walk(heads, signStatement(`${ORIGIN}/${kind}`, { previous: heads.chain.tip, ...body }, [recovery])).ignored;
    const head = { origin: ORIGIN, size: 3, root: Buffer.from(leafHash('x')).toString('base64') };
    expect(say('keys', { signing: [], recovery: formatVerifierKey(recovery) })).toEqual(['statement-malformed']);
    expect(say('keys', { signing: [1], recovery: formatVerifierKey(recovery) })).toEqual(['key-malformed']);
    expect(say('keys', { signing: [formatVerifierKey(sampleKey('x', 'y'))], recovery: '' })).toEqual(['key-malformed']);
    expect(say('disowned', { wrong: head, kept: null })).toEqual(['statement-malformed']);
    expect(say('disowned', { wrong: head, kept: head, reason: 'r' })).toEqual(['statement-malformed']);
    expect(say('restored', { last: head, kept: head })).toEqual(['statement-malformed']);
    expect(say('restored', { last: head })).toEqual(['statement-malformed']);
    expect(say('disowned', { previous: 1, wrong: head, kept: null, reason: 'r' })).toEqual(['statement-malformed']);
  });
});
