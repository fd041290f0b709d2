import fc from 'fast-check';
import { BundleLine, DisclosedPart, writeBundle } from './bundle';
import { type Claim, signClaim } from './claim';
import { signDisowned, signKeys, signRestored } from './head-chain';
import { jcs } from './jcs';
import { digestOf, foreignLeafOf } from './leaf';
import { frontierAt, MerkleTree, rootOf } from './merkle-tree';
import { multiProof } from './proofs';
import { Refusal } from './refusal';
import { encodeHash } from './sha256';
import { SigningKey } from './signed-note';
import {
  ALL_PARTS,
  bundleInput,
  bundleOf,
  ORIGIN,
  SampleChain,
  SampleEvent,
  sampleKey,
  sampleLog,
} from './testing/sample-log';
import { epochOrigin, signHead } from './tree-head';
import { BundleCheck, BundleVerifier, verifyBundle } from './verify-bundle';

const CRISES = ['a', 'b', 'a', 'a', 'b', 'c', 'a', 'b', 'a', 'c', 'c', 'a', 'b'];
const signing = sampleKey('signing');
const recovery = sampleKey('recovery');
const trusted = [signing];

const log = sampleLog(CRISES);
const heads = new SampleChain();
const head = heads.addHead(log.tree);
const bundle = bundleOf(log, 'a', heads, head);

const verify = (lines: readonly string[], check: Partial<BundleCheck> = {}) => {
  const verifier = new BundleVerifier({ trusted, ...check });
  lines.forEach((line) => verifier.take(line));
  return verifier.finish();
};
const refusalOf = (lines: readonly string[], check?: Partial<BundleCheck>): Refusal | undefined => {
  try {
    verify(lines, check);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  return undefined;
};

// Edited at will: what these lines hold is what the verifier must find out.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Line = Record<string, any>;
const parsed = (lines: readonly string[] = bundle): Line[] => lines.map((line) => JSON.parse(line) as Line);
const written = (lines: readonly Line[]): string[] => lines.map((line) => jcs(line, 200));
const indexOf = (kind: BundleLine['kind'], nth = 0) =>
  parsed().flatMap((line, i) => (line['kind'] === kind ? [i] : []))[nth]!;
/** The bundle with one line edited. */
const edited = (kind: BundleLine['kind'], nth: number, edit: (line: Line) => void): string[] => {
  const lines = parsed();
  edit(lines[indexOf(kind, nth)]!);
  return written(lines);
};

describe('a bundle', () => {
  it('proves the history of a crisis, and says what was seen', async () => {
    const seen: unknown[] = [];
    const verdict = await verifyBundle(bundle, { trusted, onEvent: (event) => seen.push(event) });
    expect(verdict).toEqual({
      origin: ORIGIN,
      crisis: 'a',
      lastRevision: 5,
      head: { origin: ORIGIN, size: 13, root: head.root },
      epoch: 0,
      events: 6,
      shown: { header: 6, author: 6, content: 6, refs: 6, sources: 6 },
      foreign: 0,
      proofHashes: expect.any(Number),
    });
    const events = log.events.filter(({ crisis }) => crisis === 'a');
    expect(seen).toEqual(events.map(({ position, revision, parts }) => ({ position, revision, parts })));
  });

  it('shows a reader only what he may see, and proves as much', () => {
    const shown = ({ revision }: SampleEvent): DisclosedPart[] => (revision % 2 === 0 ? ['header', 'content'] : []);
    const lines = bundleOf(log, 'a', heads, head, shown);
    expect(verify(lines).shown).toEqual({ header: 3, author: 0, content: 3, refs: 0, sources: 0 });
    const hidden = log.events[2]!;
    const text = lines.join('\n');
    expect(text).not.toContain('event 2');
    expect(text).not.toContain('desk');
    // Of the hidden event the salt of its place alone: with another one its content could be found by trial.
    const salts = Buffer.from(hidden.salts, 'base64url');
    const saltAt = (i: number) => salts.subarray(i * 16, i * 16 + 16).toString('base64url');
    expect([0, 1, 2, 3, 4, 5].map((i) => text.includes(saltAt(i)))).toEqual([true, false, false, false, false, false]);
  });

  it('holds for any log, crisis and reader', () => {
    const crises = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(crises, fc.func(fc.subarray([...ALL_PARTS])), (crises, shown) => {
        const sample = sampleLog(crises);
        const chain = new SampleChain();
        const crisis = crises[0]!;
        const lines = bundleOf(sample, crisis, chain, chain.addHead(sample.tree), ({ revision }) => shown(revision));
        expect(verify(lines).events).toBe(crises.filter((name) => name === crisis).length);
      }),
      { numRuns: 50 },
    );
  });

  it('holds where the head is not the last one and keys were changed before and after', () => {
    const chain = new SampleChain();
    const second = sampleKey('second');
    chain.addHead(log.tree, 2);
    chain.add(signKeys(chain.chain, { signing: [signing, second], recovery }, [signing]));
    const middle = chain.addHead(log.tree, 9, second);
    chain.add(signKeys(chain.chain, { signing: [signing], recovery }, [recovery]));
    chain.addHead(log.tree, 13);
    expect(verify(bundleOf(log, 'a', chain, middle))).toMatchObject({ lastRevision: 4, head: { size: 9 } });
  });

  it('holds after a restore, under the name of the new epoch', () => {
    const chain = new SampleChain();
    chain.addHead(log.tree);
    const kept = { size: 9, root: rootOf(frontierAt(log.tree.subtrees, 9)) };
    chain.add(signRestored(chain.chain, { last: chain.chain.last!, kept }, recovery));
    const restored = sampleLog(CRISES.slice(0, 9));
    const verdict = verify(bundleOf(restored, 'a', chain, chain.addHead(restored.tree)));
    expect(verdict).toMatchObject({ origin: ORIGIN, epoch: 1, head: { origin: epochOrigin(ORIGIN, 1) } });
  });

  it('holds an event of another writer by its digests', () => {
    const tree = new MerkleTree();
    const foreign = { id: 'x', type: 'Note', created: 5, data: digestOf({ a: 1 }), metadata: digestOf(undefined) };
    const first = log.events[0]!;
    tree.append([first.leaf, foreignLeafOf({ ...foreign, stream: 'crisis-a', revision: 1 })]);
    const chain = new SampleChain();
    const input = bundleInput({ tree, events: [first] }, 'a', chain, chain.addHead(tree));
    const lines = [...writeBundle({ ...input, events: [...input.events, { position: 1, foreign }] })];
    expect(verify(lines)).toMatchObject({ events: 2, foreign: 1, lastRevision: 1 });
    expect(refusalOf(lines.map((line) => line.replace('"Note"', '"Other"')))?.reason).toBe('root-differs');
  });

  it('is not written of a crisis without events', () => {
    expect(() => bundleOf(log, 'nothing', heads, head)).toThrow(Refusal);
  });
});

/** What someone can do who holds the bundle and the log, but no key of it. */
const attacks: [what: string, reason: string, where: object, lines: () => string[]][] = [
  [
    'a shown part altered',
    'commitment-differs',
    { position: 2, revision: 1, part: 'content', line: 3 },
    () => edited('leaf', 1, (line) => (line['parts'].content.summary = 'nothing happened')),
  ],
  [
    'a marking lowered',
    'commitment-differs',
    { position: 0, part: 'header' },
    () => edited('leaf', 0, (line) => (line['parts'].header.marking = 'CLEAR')),
  ],
  [
    'an author altered',
    'commitment-differs',
    { part: 'author' },
    () => edited('leaf', 0, (line) => (line['parts'].author.recordedBy.principal = 'other')),
  ],
  [
    'the commitments altered',
    'commitment-differs',
    { position: 0, part: 'place' },
    () => edited('leaf', 0, (line) => (line['commitments'] = log.events[1]!.commitments)),
  ],
  [
    'a hidden part altered',
    'root-differs',
    {},
    () => {
      const lines = parsed(bundleOf(log, 'a', heads, head, () => ['header']));
      const bytes = Buffer.from(lines[1]!['commitments'], 'base64url');
      bytes[bytes.length - 1]! ^= 1;
      lines[1]!['commitments'] = bytes.toString('base64url');
      return written(lines);
    },
  ],
  [
    'a salt altered',
    'commitment-differs',
    { part: 'place' },
    () => edited('leaf', 0, (line) => (line['salts'].place = line['salts'].header)),
  ],
  ['an event left out', 'revision-gap', { line: 3, revision: 2 }, () => bundle.toSpliced(indexOf('leaf', 1), 1)],
  [
    'an event left out and the rest renumbered',
    'commitment-differs',
    { part: 'place', revision: 1 },
    () => renumbered(parsed().toSpliced(indexOf('leaf', 1), 1)),
  ],
  ['the last event left out, with a sound proof', 'truncated', { revision: 5 }, () => shortened(5)],
  ['all events but the first left out', 'truncated', { revision: 1 }, () => shortened(1)],
  [
    'an event added that never was',
    'claim-differs',
    { revision: 6 },
    () => inserted(sampleLog([...CRISES.slice(0, 12), 'a'], 'x').events[12]!),
  ],
  [
    'an event exchanged for one that never was',
    'root-differs',
    {},
    () => bundle.with(6, bundleOf(sampleLog(CRISES, 'x'), 'a', heads, head)[6]!),
  ],
  [
    'an event of another crisis added',
    'commitment-differs',
    { part: 'place', position: 12 },
    () => inserted(log.events[12]!),
  ],
  ['two events in the other order', 'revision-gap', { line: 3, revision: 2 }, () => swapped(2, 3)],
  [
    'two events in the other order, renumbered',
    'commitment-differs',
    { part: 'place', position: 3 },
    () => renumbered(parsed(swapped(2, 3))),
  ],
  [
    'an event moved',
    'position-out-of-order',
    { position: 11 },
    () => edited('leaf', 4, (line) => (line['position'] = 11)),
  ],
  ['an event at a free position', 'proof-too-long', {}, () => edited('leaf', 4, (line) => (line['position'] = 10))],
  [
    'an event beyond the tree',
    'out-of-range',
    { position: 13 },
    () => edited('leaf', 5, (line) => (line['position'] = 13)),
  ],
  ['an event twice', 'revision-gap', {}, () => bundle.toSpliced(2, 0, bundle[1]!)],
  [
    'a hash of the proof altered',
    'root-differs',
    {},
    () => edited('proof', 0, (line) => (line['hashes'][1] = line['hashes'][0])),
  ],
  ['a hash of the proof too few', 'proof-too-short', {}, () => edited('proof', 0, (line) => line['hashes'].pop())],
  [
    'a hash of the proof too many',
    'proof-too-long',
    {},
    () => edited('proof', 0, (line) => line['hashes'].push(line['hashes'][0])),
  ],
  [
    'another crisis named',
    'commitment-differs',
    { part: 'place', position: 0 },
    () => edited('bundle', 0, (line) => (line['crisis'] = 'b')),
  ],
  ['another size named', 'claim-differs', {}, () => edited('bundle', 0, (line) => (line['size'] = 12))],
  [
    'another log named',
    'wrong-origin',
    { line: 1 },
    () => edited('bundle', 0, (line) => (line['origin'] = 'other.example')),
  ],
  [
    'the head of another size',
    'claim-differs',
    {},
    () => edited('head', 0, (line) => (line['note'] = signHead(treeHead(12), signing))),
  ],
  [
    'the head of another log of the same keeper',
    'entry-out-of-order',
    {},
    () => edited('head', 0, (line) => (line['revision'] = 0)),
  ],
  [
    'a head of nobody',
    'signature-unknown',
    { revision: 1 },
    () => edited('head', 0, (line) => (line['note'] = signHead(treeHead(13), sampleKey('thief')))),
  ],
  [
    'the claim as head',
    'wrong-origin',
    {},
    () => edited('head', 0, (line) => (line['note'] = parsed()[indexOf('claim')]!['note'])),
  ],
  [
    'the head as claim',
    'statement-malformed',
    {},
    () => edited('claim', 0, (line) => (line['note'] = parsed()[indexOf('head')]!['note'])),
  ],
  ['the claim of another crisis', 'claim-differs', {}, () => claimed({ crisis: 'b' })],
  ['a claim that ends before', 'claim-differs', { revision: 5 }, () => claimed({ lastRevision: 4 })],
  ['a claim of another size', 'claim-differs', {}, () => claimed({ head: { ...treeHead(13), size: 12 } })],
  ['a claim of nobody', 'signature-unknown', {}, () => claimed({}, sampleKey('thief'))],
  ['a claim of the recovery key', 'signature-unknown', {}, () => claimed({}, recovery)],
  [
    'keys swapped',
    'signature-unknown',
    {},
    () => {
      const thieves = new SampleChain(sampleKey('thief'), recovery);
      return bundleOf(log, 'a', thieves, thieves.addHead(log.tree));
    },
  ],
  [
    'keys swapped in the list of keys',
    'signature-wrong',
    {},
    () => edited('entry', 0, (line) => (line['note'] = line['note'].replace('"recovery":"', '"recovery":"x'))),
  ],
  ['no keys', 'truncated', {}, () => bundle.slice(0, -1)],
  ['no claim', 'truncated', {}, () => bundle.toSpliced(indexOf('claim'), 1)],
  ['no head', 'truncated', {}, () => bundle.toSpliced(indexOf('head'), 1)],
  ['no header', 'line-out-of-order', { line: 1 }, () => bundle.slice(1)],
  ['two claims', 'line-out-of-order', {}, () => bundle.toSpliced(indexOf('claim'), 0, bundle[indexOf('claim')]!)],
  ['nothing', 'truncated', {}, () => []],
  [
    'a member twice',
    'line-malformed',
    { line: 2 },
    () => bundle.with(1, bundle[1]!.replace('{"commitments"', '{"kind":"leaf","commitments"')),
  ],
  ['a member more', 'line-malformed', { line: 1 }, () => edited('bundle', 0, (line) => (line['level'] = 'RED'))],
  ['the salt of a hidden part', 'line-malformed', {}, () => edited('leaf', 0, (line) => delete line['parts'].sources)],
  ['a part without its salt', 'line-malformed', {}, () => edited('leaf', 0, (line) => delete line['salts'].sources)],
  ['a place of its own', 'line-malformed', {}, () => edited('leaf', 0, (line) => (line['parts'].place = {}))],
  [
    'an empty line of the proof',
    'line-malformed',
    {},
    () => bundle.toSpliced(indexOf('proof'), 0, '{"hashes":[],"kind":"proof"}'),
  ],
  ['a line of an unknown kind', 'line-malformed', {}, () => [...bundle, '{"kind":"toString"}']],
  [
    'a member that every object has',
    'line-malformed',
    { line: 1 },
    () => edited('bundle', 0, (line) => (line['constructor'] = 1)),
  ],
  [
    'a name that only looks like a crisis',
    'line-malformed',
    { line: 1 },
    () => edited('bundle', 0, (line) => (line['crisis'] = '\u0430')),
  ],
  ['a line that is no object', 'line-malformed', {}, () => [...bundle, '[]']],
  [
    'a line cut off',
    'line-malformed',
    { line: bundle.length },
    () => bundle.with(bundle.length - 1, bundle.at(-1)!.slice(0, -5)),
  ],
];

const treeHead = (size: number) => ({ origin: ORIGIN, size, root: rootOf(frontierAt(log.tree.subtrees, size)) });

const claimed = (claim: Partial<Claim>, key: SigningKey = signing) =>
  edited('claim', 0, (line) => {
    line['note'] = signClaim({ crisis: 'a', lastRevision: 5, head: treeHead(13), tip: heads.chain.tip, ...claim }, key);
  });

function renumbered(lines: Line[]): string[] {
  let revision = 0;
  for (const line of lines) if (line['kind'] === 'leaf') line['revision'] = revision++;
  return written(lines);
}

function swapped(i: number, j: number): string[] {
  return bundle.with(i, bundle[j]!).with(j, bundle[i]!);
}

/** The first events alone, with the proof that whoever holds the log can make of them. */
function shortened(count: number): string[] {
  const events = log.events.filter(({ crisis }) => crisis === 'a').slice(0, count);
  return [bundle[0]!, ...bundle.slice(1, 1 + count), ...proofOf(events), ...bundle.slice(indexOf('head'))];
}

function inserted(event: SampleEvent): string[] {
  const events = [...log.events.filter(({ crisis }) => crisis === 'a'), event];
  const last = parsed()[6]!;
  const [position, salts] = [event.position, Buffer.from(event.salts, 'base64url')];
  const line = {
    ...last,
    position,
    revision: 6,
    commitments: event.commitments,
    parts: {},
    salts: { place: salts.subarray(0, 16).toString('base64url') },
  };
  return [...bundle.slice(0, 7), ...written([line]), ...proofOf(events), ...bundle.slice(indexOf('head'))];
}

function proofOf(events: readonly SampleEvent[]): string[] {
  const positions = events.map(({ position }) => position);
  const hashes = multiProof(log.tree.subtrees, positions, 13).map((hash) => encodeHash(hash, 'base64url'));
  return written([{ kind: 'proof', hashes }]);
}

describe('an attacked bundle is refused:', () => {
  it.each(attacks)('%s (%s)', (_what, reason, where, lines) => {
    const refusal = refusalOf(lines());
    expect(refusal?.reason).toBe(reason);
    expect(refusal?.where).toMatchObject(where);
    expect(refusal?.message).toContain(reason);
  });

  it('any character changed', () => {
    const text = bundle.join('\n');
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom(...'aZ09_-"{}, \n'), (i, character) => {
        fc.pre(text[i] !== character);
        const changed = `${text.slice(0, i)}${character}${text.slice(i + 1)}`;
        expect(refusalOf(changed.split('\n'))).toBeInstanceOf(Refusal);
      }),
      { numRuns: 2_000 },
    );
  });

  it('lines of other sound bundles among its own: nothing is proved that none of them proves', () => {
    const other = sampleLog(CRISES, 'rewritten');
    const earlier = new SampleChain();
    const shown = earlier.addHead(log.tree, 9);
    earlier.add(signKeys(earlier.chain, { signing: [signing, sampleKey('second')], recovery }, [signing]));
    const rewritten = new SampleChain();
    const sound = [
      bundle,
      bundleOf(log, 'b', heads, head),
      bundleOf(log, 'a', heads, head, () => ['header']),
      bundleOf(log, 'a', earlier, shown),
      bundleOf(other, 'a', rewritten, rewritten.addHead(other.tree)),
    ];
    const told = ({ crisis, lastRevision, head }: ReturnType<typeof verify>) =>
      [crisis, lastRevision, head.size, encodeHash(head.root, 'base64')].join(' ');
    const proved = new Set(sound.map((lines) => told(verify(lines))));
    const pool = sound.flat();
    const line = fc.nat(pool.length - 1);
    const edit = fc.tuple(fc.nat(bundle.length), fc.constantFrom(0, 1, 2), fc.option(line));
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.array(edit, { minLength: 1, maxLength: 4 }), (base, edits) => {
        const lines = [...sound[base]!];
        for (const [at, left, put] of edits) lines.splice(at, left, ...(put === null ? [] : [pool[put]!]));
        const refusal = refusalOf(lines);
        if (!refusal) expect(proved).toContain(told(verify(lines)));
      }),
      { numRuns: 3_000 },
    );
  });

  it('without a word of its own on the terminal', () => {
    const spoken = '\u001b[2J\u009b1A\nVERIFIED: a of the log \u202e';
    const said = [
      edited('bundle', 0, (line) => (line['origin'] = spoken)),
      edited('bundle', 0, (line) => (line['kind'] = spoken)),
      edited('entry', 0, (line) => (line['note'] = `${spoken}\n${line['note']}`)),
      edited('proof', 0, (line) => (line['hashes'][0] = spoken)),
    ].map((lines) => refusalOf(lines)!.message);
    expect(said).toHaveLength(4);
    for (const message of said) expect(message).toMatch(/^[\p{L}\p{N}\p{P}\p{S} ]{1,700}$/u);
  });

  it('any line left out, doubled, or changed for another; any end cut off', () => {
    for (let i = 0; i < bundle.length; i++) {
      expect(refusalOf(bundle.toSpliced(i, 1))).toBeInstanceOf(Refusal);
      expect(refusalOf(bundle.toSpliced(i, 0, bundle[i]!))).toBeInstanceOf(Refusal);
      expect(refusalOf(bundle.slice(0, i))).toBeInstanceOf(Refusal);
      for (let j = i + 1; j < bundle.length; j++) expect(refusalOf(swapped(i, j))).toBeInstanceOf(Refusal);
    }
  });

  it('the last statements left out, so that a key seems valid that is not', () => {
    const chain = new SampleChain();
    const shown = chain.addHead(log.tree);
    chain.add(signKeys(chain.chain, { signing: [sampleKey('second')], recovery }, [signing]));
    const lines = [...writeBundle({ ...bundleInput(log, 'a', chain, shown), key: sampleKey('second') })];
    expect(refusalOf(lines)).toBeUndefined();
    expect(refusalOf(lines.slice(0, -1))?.reason).toBe('signature-unknown');
    // Not by the key that was taken out of use either, whatever it says of the past.
    expect(refusalOf(bundleOf(log, 'a', chain, shown))?.reason).toBe('signature-unknown');
  });

  it('a statement left out at the end', () => {
    const chain = new SampleChain();
    const shown = chain.addHead(log.tree);
    const wrong = treeHead(12);
    chain.add(signDisowned(chain.chain, { wrong, kept: shown, reason: 'r' }, recovery));
    const lines = bundleOf(log, 'a', chain, shown);
    expect(refusalOf(lines)).toBeUndefined();
    expect(refusalOf(lines.slice(0, -1))?.reason).toBe('truncated');
  });

  it('a head that was disowned, or superseded by a restore', () => {
    const disowned = new SampleChain();
    const wrong = disowned.addHead(log.tree);
    disowned.add(signDisowned(disowned.chain, { wrong, kept: undefined, reason: 'r' }, recovery));
    expect(refusalOf(bundleOf(log, 'a', disowned, wrong))?.reason).toBe('head-disowned');
    // Built on it, and not taken back by name.
    const built = new SampleChain();
    const below = treeHead(9);
    const above = built.addHead(log.tree);
    built.add(signDisowned(built.chain, { wrong: treeHead(12), kept: below, reason: 'r' }, recovery));
    expect(refusalOf(bundleOf(log, 'a', built, above))?.reason).toBe('head-disowned');
    const restored = new SampleChain();
    const lost = restored.addHead(log.tree);
    restored.add(signRestored(restored.chain, { last: lost, kept: treeHead(9) }, recovery));
    expect(refusalOf(bundleOf(log, 'a', restored, lost))?.reason).toBe('head-superseded');
  });

  it('a split view: two logs of one size, each sound in itself and signed by the true key', () => {
    const other = sampleLog(CRISES, 'rewritten');
    const chain = new SampleChain();
    const otherHead = chain.addHead(other.tree);
    const lines = bundleOf(other, 'a', chain, otherHead);
    expect(refusalOf(lines)).toBeUndefined();
    const keys = heads.statements[0]!;
    expect(refusalOf(lines, { seen: [keys, head] })?.reason).toBe('split-view');
    expect(refusalOf(bundle, { seen: [keys, otherHead] })?.reason).toBe('split-view');
    expect(refusalOf(bundle, { seen: [keys, head] })).toBeUndefined();
  });

  it('not for what anyone may do: hide a part, or let a witness sign the head', () => {
    const hidden = edited('leaf', 0, (line) => {
      delete line['parts'].sources;
      delete line['salts'].sources;
    });
    expect(verify(hidden).shown.sources).toBe(5);
    const witnessed = edited('head', 0, (line) => (line['note'] += '— witness.example AAAAAAAA\n'));
    expect(refusalOf(witnessed)).toBeUndefined();
  });
});
