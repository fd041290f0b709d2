import { BundleLine, crisisStream, DisclosedPart } from './bundle';
import { parseLine } from './bundle-lines';
import { openClaim } from './claim';
import { checkPart, decodeCommitments } from './envelope';
import { HashList } from './hash-list';
import { beginChain, follow, HeadChain, isDisowned } from './head-chain';
import { foreignLeafOf, leafOf } from './leaf';
import { ListedLeaves } from './listed-leaves';
import { locate, Refusal } from './refusal';
import { SeenEntry, SeenHeads } from './seen-heads';
import { decode, decodeHash, sameHash } from './sha256';
import { VerifierKey } from './signed-note';
import { TreeHead } from './tree-head';

type Line<Kind extends BundleLine['kind']> = Extract<BundleLine, { kind: Kind }>;

/** An event that the bundle shows. Not proved before the verdict: use nothing of it if a Refusal follows. */
export interface ShownEvent {
  readonly position: number;
  readonly revision: number;
  readonly parts: Readonly<Partial<Record<DisclosedPart, unknown>>>;
  /** Set if another writer put it into the stream: its data is known only by digest. */
  readonly foreign?: Line<'foreign'>['event'];
}

export interface BundleCheck {
  /** Keys the auditor has from elsewhere: a signing or the recovery key of the log's first Keys. Named as the log. */
  readonly trusted: readonly VerifierKey[];
  /** What was seen of this log's stream of heads before, by the auditor or by others, from its first entry. */
  readonly seen?: Iterable<SeenEntry>;
  readonly onEvent?: (event: ShownEvent) => void;
}

/**
 * What was proved: these events, shown and hidden, are in the log under this head, unaltered, with their revisions
 * without a gap from 0. What is claimed by the key's holder, and by nothing else: that the crisis ends with
 * `lastRevision` at this head, and that no later statement about keys and heads existed.
 */
export interface BundleVerdict {
  readonly origin: string;
  readonly crisis: string;
  readonly lastRevision: number;
  readonly head: TreeHead;
  readonly epoch: number;
  readonly events: number;
  /** How many events show each part. */
  readonly shown: Readonly<Record<DisclosedPart, number>>;
  readonly foreign: number;
  readonly proofHashes: number;
  /** Where heads seen before were given: leaves of this head beyond the last of them; fewer than 0 if it is itself one. */
  readonly sinceSeen?: number;
}

/** Verifies a bundle line by line. Throws a Refusal at the first thing that does not hold. */
export async function verifyBundle(
  lines: AsyncIterable<string> | Iterable<string>,
  check: BundleCheck,
): Promise<BundleVerdict> {
  const verifier = new BundleVerifier(check);
  for await (const line of lines) verifier.take(line);
  return verifier.finish();
}

const STAGES = ['bundle', 'leaf', 'proof', 'head', 'claim', 'entry'] as const;
const ONCE: readonly string[] = ['bundle', 'head', 'claim'];

/** The same for a caller with its own loop: `take` every line, without its newline, then `finish`. */
export class BundleVerifier {
  private line = 0;
  private stage = -1;
  private header?: Line<'bundle'>;
  private readonly leaves = new ListedLeaves();
  private readonly proof = new HashList();
  private head?: Line<'head'>;
  private claim?: Line<'claim'>;
  private readonly entries: Line<'entry'>[] = [];
  private readonly shown = { header: 0, author: 0, content: 0, refs: 0, sources: 0 };
  private foreign = 0;

  constructor(private readonly check: BundleCheck) {}

  take(text: string): void {
    this.line++;
    locate({ line: this.line }, () => {
      const line = parseLine(text);
      this.advance(line.kind === 'foreign' ? 'leaf' : line.kind);
      this.takeLine(line);
    });
  }

  private advance(kind: (typeof STAGES)[number]): void {
    const stage = STAGES.indexOf(kind);
    const repeats = stage === this.stage && ONCE.includes(kind);
    if (stage < this.stage || repeats || (this.stage < 1 && stage > this.stage + 1)) {
      throw new Refusal('line-out-of-order', `${kind} after ${STAGES[this.stage] ?? 'nothing'}`);
    }
    this.stage = stage;
  }

  private takeLine(line: BundleLine): void {
    if (line.kind === 'bundle') this.takeHeader(line);
    else if (line.kind === 'leaf') this.takeLeaf(line);
    else if (line.kind === 'foreign') this.takeForeign(line);
    else if (line.kind === 'proof') line.hashes.forEach((hash) => this.proof.push(decodeHash(hash, 'base64url')));
    else if (line.kind === 'head') this.head = line;
    else if (line.kind === 'claim') this.claim = line;
    else this.entries.push(line);
  }

  private takeHeader(header: Line<'bundle'>): void {
    if (!this.check.trusted.some(({ name }) => name === header.origin)) {
      throw new Refusal('wrong-origin', `no trusted key is of ${header.origin}`);
    }
    this.header = header;
  }

  private takeLeaf({ position, revision, commitments, salts, parts }: Line<'leaf'>): void {
    const { count } = this.leaves;
    this.add(position, revision, leafOf(commitments), () => {
      const committed = decodeCommitments(commitments);
      const place = { stream: crisisStream(this.header!.crisis), revision: count };
      for (const [part, value] of Object.entries({ place, ...parts }) as [DisclosedPart, unknown][]) {
        checkPart(part, decode(salts[part], 'base64url')!, value, committed);
        if (part in this.shown) this.shown[part]++;
      }
    });
    this.check.onEvent?.({ position, revision, parts });
  }

  private takeForeign({ position, revision, event }: Line<'foreign'>): void {
    const stream = crisisStream(this.header!.crisis);
    this.add(position, revision, foreignLeafOf({ ...event, stream, revision }), () => this.foreign++);
    this.check.onEvent?.({ position, revision, parts: {}, foreign: event });
  }

  private add(position: number, revision: number, leaf: Uint8Array, checkParts: () => void): void {
    locate({ position, revision }, () => {
      if (revision !== this.leaves.count) {
        throw new Refusal('revision-gap', `revision ${revision} where ${this.leaves.count} was due`);
      }
      checkParts();
      this.leaves.add(position, leaf);
    });
  }

  finish(): BundleVerdict {
    const { header, head: headLine, claim: claimLine } = this;
    if (!header || !headLine || !claimLine || this.entries.length === 0) {
      throw new Refusal('truncated', `the bundle ends after ${this.line} lines, without all it needs`);
    }
    const { chain, head, epoch, tips } = this.walk(header, headLine);
    // By a key valid now, not when the head was made: a key that was taken out of use makes no new bundles.
    const claim = openClaim(claimLine.note, head, chain.signing);
    this.checkClaim(claim, header, chain);
    if (header.size !== head.size) throw new Refusal('claim-differs', `the header is about ${header.size} leaves`);
    if (!sameHash(this.leaves.root(head.size, this.proof), head.root)) {
      throw new Refusal('root-differs', `leaves and proof do not give the root of the head of size ${head.size}`);
    }
    const { trusted, seen } = this.check;
    const sinceSeen = seen && SeenHeads.of(header.origin, ofLog(trusted, header), seen).check(head, chain, tips);
    return {
      origin: header.origin,
      crisis: header.crisis,
      lastRevision: claim.lastRevision,
      head,
      epoch,
      events: this.leaves.count,
      shown: this.shown,
      foreign: this.foreign,
      proofHashes: this.proof.length,
      ...(sinceSeen !== undefined && { sinceSeen }),
    };
  }

  /** The statements from the first keys on, and the head among them where it stood. */
  private walk(header: Line<'bundle'>, headLine: Line<'head'>) {
    const [first, ...others] = this.entries;
    if (!first) throw new Refusal('entry-out-of-order', 'the first entry is the Keys');
    // Where others may write to the stream, something that counts for nothing can stand before the keys.
    let chain = {
      ...beginChain(header.origin, ofLog(this.check.trusted, header), first.note),
      revision: first.revision,
    };
    const tips = [chain.tip];
    let found: { head: TreeHead; epoch: number } | undefined;
    const at = others.findIndex(({ revision }) => revision > headLine.revision);
    for (const line of others.toSpliced(at < 0 ? others.length : at, 0, { ...headLine, kind: 'entry' })) {
      const step = follow(chain, line.revision, line.note);
      if ('ignored' in step) throw step.ignored;
      if ((step.entry.kind === 'Head') !== (line.revision === headLine.revision)) {
        throw new Refusal('entry-out-of-order', `a ${step.entry.kind} at revision ${line.revision}`);
      }
      chain = step.chain;
      // Made before, and more than what was kept: built on the wrong one, whether or not the keeper takes it back by name.
      if (step.entry.kind === 'Disowned' && found && found.head.size > (step.entry.kept?.size ?? 0)) {
        throw new Refusal('head-disowned', `what stands before the head of size ${found.head.size} was taken back`);
      }
      if (step.entry.kind === 'Head') found = { head: step.entry.head, epoch: chain.epoch };
      else tips.push(chain.tip);
    }
    this.checkStands(chain, found!.head, found!.epoch);
    return { chain, tips, ...found! };
  }

  private checkStands(chain: HeadChain, head: TreeHead, epoch: number): void {
    if (isDisowned(chain, head)) {
      throw new Refusal('head-disowned', `the keeper took the head of size ${head.size} back`);
    }
    if (epoch !== chain.epoch) throw new Refusal('head-superseded', `the log was restored after this head`);
  }

  private checkClaim(
    claim: { crisis: string; lastRevision: number; tip: string },
    header: Line<'bundle'>,
    chain: HeadChain,
  ) {
    if (claim.crisis !== header.crisis) throw new Refusal('claim-differs', `the claim is about ${claim.crisis}`);
    if (claim.tip !== chain.tip)
      throw new Refusal('truncated', 'statements about keys or heads are missing at the end');
    const last = this.leaves.count - 1;
    if (claim.lastRevision > last) {
      throw new Refusal('truncated', `the crisis has revisions to ${claim.lastRevision}`, { revision: last + 1 });
    }
    if (claim.lastRevision < last) {
      throw new Refusal('claim-differs', `the claim ends at revision ${claim.lastRevision}`, { revision: last });
    }
  }
}

const ofLog = (trusted: readonly VerifierKey[], { origin }: Line<'bundle'>) =>
  trusted.filter(({ name }) => name === origin);
