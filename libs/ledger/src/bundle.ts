import { decodeSalts, Part } from './envelope';
import { jcs, MAX_DEPTH } from './jcs';
import { ForeignEvent } from './leaf';
import { Subtrees } from './merkle-tree';
import { multiProof } from './proofs';
import { Refusal } from './refusal';
import { encodeHash } from './sha256';
import { SigningKey } from './signed-note';
import { signClaim } from './claim';
import { TreeHead } from './tree-head';

// A bundle is NDJSON, each line JCS: the header, the leaves of the crisis, the proof, the head, the claim, and of the
// stream of heads all statements. docs of the format: the types below.

/** In this order. `leaf` or `foreign`, `proof` and `entry` may come more than once. */
export type BundleLine =
  | { readonly kind: 'bundle'; readonly v: 1; readonly origin: string; readonly crisis: string; readonly size: number }
  | {
      readonly kind: 'leaf';
      readonly position: number;
      readonly revision: number;
      readonly commitments: string;
      /** Of `place` (whose part is not written: stream and revision are known) and of the parts here, of no others. */
      readonly salts: Readonly<Partial<Record<Part, string>>>;
      readonly parts: Readonly<Partial<Record<DisclosedPart, unknown>>>;
    }
  | {
      readonly kind: 'foreign';
      readonly position: number;
      readonly revision: number;
      readonly event: Omit<ForeignEvent, 'stream' | 'revision'>;
    }
  | { readonly kind: 'proof'; readonly hashes: readonly string[] }
  | { readonly kind: 'head'; readonly revision: number; readonly note: string }
  | { readonly kind: 'claim'; readonly note: string }
  | { readonly kind: 'entry'; readonly revision: number; readonly note: string };

export type DisclosedPart = Exclude<Part, 'place'>;

/** One event of the crisis. `parts` are those its reader may see: the others leave no trace but their commitment. */
export type BundleEvent =
  | {
      readonly position: number;
      readonly commitments: string;
      /** As stored, all six: only those of `place` and of `parts` go into the bundle. */
      readonly salts: string;
      readonly parts: Readonly<Partial<Record<DisclosedPart, unknown>>>;
    }
  | { readonly position: number; readonly foreign: Omit<ForeignEvent, 'stream' | 'revision'> };

export interface BundleInput {
  readonly crisis: string;
  /** The origin of the first epoch. */
  readonly origin: string;
  /** The whole history of the crisis below `head.size`, from revision 0, in order. */
  readonly events: Iterable<BundleEvent>;
  readonly subtrees: Subtrees;
  readonly head: TreeHead & { readonly revision: number; readonly note: string };
  /** All Keys, Disowned and Restored of the stream of heads that were taken in; `tip` is the chain's after them. */
  readonly statements: Iterable<{ readonly revision: number; readonly note: string }>;
  readonly tip: string;
  /** Signs the claim. */
  readonly key: SigningKey;
}

export const crisisStream = (crisis: string): string => `crisis-${crisis}`;

const HASHES_A_LINE = 256;

/** The lines of a bundle, without newlines, made as they are asked for. Holds 8 bytes an event until the proof. */
export function* writeBundle(input: BundleInput): Generator<string> {
  const { crisis, origin, head, subtrees, tip } = input;
  yield line({ kind: 'bundle', v: 1, origin, crisis, size: head.size });
  const positions: number[] = [];
  for (const event of input.events) {
    yield line(eventLine(event, positions.length));
    positions.push(event.position);
  }
  if (positions.length === 0) throw new Refusal('truncated', `${crisis} has no event below ${head.size}`);
  const proof = multiProof(subtrees, positions, head.size).map((hash) => encodeHash(hash, 'base64url'));
  for (let i = 0; i < proof.length; i += HASHES_A_LINE) {
    yield line({ kind: 'proof', hashes: proof.slice(i, i + HASHES_A_LINE) });
  }
  yield line({ kind: 'head', revision: head.revision, note: head.note });
  const note = signClaim({ crisis, lastRevision: positions.length - 1, head, tip }, input.key);
  yield line({ kind: 'claim', note });
  for (const { revision, note } of input.statements) yield line({ kind: 'entry', revision, note });
}

function eventLine(event: BundleEvent, revision: number): BundleLine {
  if ('foreign' in event) return { kind: 'foreign', position: event.position, revision, event: event.foreign };
  const { position, commitments, parts } = event;
  const saltOf = decodeSalts(event.salts);
  const shown = ['place', ...Object.keys(parts)] as Part[];
  const salts = Object.fromEntries(shown.map((part) => [part, encodeHash(saltOf[part], 'base64url')]));
  return { kind: 'leaf', position, revision, commitments, salts, parts };
}

/** A part as deep as the format allows, in its line. */
export const LINE_DEPTH = MAX_DEPTH + 4;

const line = (value: BundleLine) => jcs(value, LINE_DEPTH);
