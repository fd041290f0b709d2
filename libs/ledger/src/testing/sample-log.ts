import { createHash } from 'node:crypto';
import { BundleEvent, BundleInput, crisisStream, DisclosedPart, writeBundle } from '../bundle';
import { commitment, Part, PARTS } from '../envelope';
import { beginChain, follow, HeadChain, signKeys } from '../head-chain';
import { leafOf } from '../leaf';
import { MerkleTree } from '../merkle-tree';
import { Hash } from '../sha256';
import { signingKey, SigningKey } from '../signed-note';
import { signNextHead, TreeHead } from '../tree-head';

export const ORIGIN = 'crisis-log.example/test';

/** A key that is the same in every run. */
export const sampleKey = (label: string, name = ORIGIN): SigningKey => signingKey(name, digest(label));

const digest = (...texts: string[]): Buffer => createHash('sha256').update(texts.join('\n')).digest();

export interface SampleEvent {
  readonly crisis: string;
  readonly revision: number;
  readonly position: number;
  readonly salts: string;
  readonly commitments: string;
  readonly parts: Readonly<Record<DisclosedPart, unknown>>;
  readonly leaf: Hash;
}

/** A log whose n-th event belongs to the n-th of these crises; `salt` makes logs of the same events that differ. */
export function sampleLog(crises: readonly string[], salt = '') {
  const tree = new MerkleTree();
  const revisions = new Map<string, number>();
  const events = crises.map((crisis, position): SampleEvent => {
    const revision = revisions.get(crisis) ?? 0;
    revisions.set(crisis, revision + 1);
    const event = sampleEvent(crisis, revision, position, salt);
    tree.append([event.leaf]);
    return event;
  });
  return { tree, events };
}

function sampleEvent(crisis: string, revision: number, position: number, salt: string): SampleEvent {
  const parts = {
    header: { eventId: `id-${position}`, type: 'StrikeReported', marking: 'GREEN', schemaVersion: 1 },
    author: { recordedBy: { principal: 'desk' }, $correlationId: `id-${position}` },
    content: { summary: `event ${position} — ünïcode\u2028`, data: { weight: position / 8 } },
    refs: position % 3 === 0 ? { respondsTo: ['id-0'] } : {},
    sources: { sources: [{ name: `source ${position}` }] },
  };
  const salts = PARTS.map((part) => digest('salt', salt, part, String(position)).subarray(0, 16));
  const all: Record<Part, unknown> = { place: { stream: crisisStream(crisis), revision }, ...parts };
  const hashes = PARTS.map((part, i) => commitment(part, salts[i]!, all[part]));
  const commitments = Buffer.concat(hashes).toString('base64url');
  const saltText = Buffer.concat(salts).toString('base64url');
  return { crisis, revision, position, salts: saltText, commitments, parts, leaf: leafOf(commitments) };
}

export type Note = { readonly revision: number; readonly note: string };

/** A stream of heads that begins with keys, to which notes are added that must be taken in. */
export class SampleChain {
  readonly statements: Note[] = [];
  chain: HeadChain;

  constructor(
    readonly signing = sampleKey('signing'),
    readonly recovery = sampleKey('recovery'),
  ) {
    const note = signKeys(undefined, { signing: [signing], recovery }, [signing]);
    this.statements.push({ revision: 0, note });
    this.chain = beginChain(signing.name, [signing], note);
  }

  add(note: string): Note {
    const step = follow(this.chain, this.chain.revision + 1, note);
    if ('ignored' in step) throw step.ignored;
    this.chain = step.chain;
    const added = { revision: step.chain.revision, note };
    if (step.entry.kind !== 'Head') this.statements.push(added);
    return added;
  }

  /** Signs and adds the head of the tree at this size. */
  addHead(tree: MerkleTree, size = tree.size, key = this.signing): TreeHead & Note {
    const { last } = this.chain;
    const origin = last?.origin ?? this.chain.origin;
    const added = this.add(signNextHead({ origin, size, subtrees: tree.subtrees, last }, key));
    return { ...this.chain.last!, ...added };
  }
}

export const ALL_PARTS: readonly DisclosedPart[] = ['header', 'author', 'content', 'refs', 'sources'];

/** What a server would hand to the writer for a reader who may see these parts of each event. */
export function bundleInput(
  log: ReturnType<typeof sampleLog>,
  crisis: string,
  heads: SampleChain,
  head: TreeHead & Note,
  shown: (event: SampleEvent) => readonly DisclosedPart[] = () => ALL_PARTS,
): BundleInput {
  const events = log.events.filter((event) => event.crisis === crisis && event.position < head.size);
  return {
    crisis,
    origin: heads.chain.origin,
    events: events.map((event): BundleEvent => {
      const parts = Object.fromEntries(shown(event).map((part) => [part, event.parts[part]]));
      return { position: event.position, commitments: event.commitments, salts: event.salts, parts };
    }),
    subtrees: log.tree.subtrees,
    head,
    statements: heads.statements,
    tip: heads.chain.tip,
    key: heads.signing,
  };
}

export const bundleOf = (...args: Parameters<typeof bundleInput>): string[] => [...writeBundle(bundleInput(...args))];
