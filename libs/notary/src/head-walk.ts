import type { HeadEntry } from '#event-log';
import {
  beginChain,
  epochOrigin,
  follow,
  type HeadChain,
  isDisowned,
  namedKeys,
  Refusal,
  type Step,
  type TreeHead,
  type VerifierKey,
} from '#ledger';

/** There are no keys yet, and this entry names none that count. */
export interface Unbegun {
  readonly chain: undefined;
  readonly ignored: Refusal;
}

/** The first keys, if these keys signed them. */
export function begin(origin: string, trusted: readonly VerifierKey[], { revision, note }: HeadEntry): Step | Unbegun {
  try {
    const chain = { ...beginChain(origin, trusted, note), revision };
    return { chain, entry: { kind: 'Keys', signing: chain.signing, recovery: chain.recovery } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { chain: undefined, ignored: error.at({ revision }) };
  }
}

/** The keys that a first entry names, unverified; none where it is no such entry. */
export function seenKeys(origin: string, note: string): VerifierKey[] {
  try {
    return namedKeys(origin, note);
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}

/** The head of an entry that a key then valid signed, ignored or not; of a Restored what it keeps. */
export function headOf(step: Step | Unbegun): TreeHead | undefined {
  if ('ignored' in step) return 'head' in step ? step.head : undefined;
  if (step.entry.kind === 'Restored') return step.entry.kept;
  return step.entry.kind === 'Head' ? step.entry.head : undefined;
}

/** Must the log have this head: is it of the current epoch, and not disowned? */
export const stands = (chain: HeadChain, head: TreeHead): boolean =>
  head.origin === epochOrigin(chain.origin, chain.epoch) && !isDisowned(chain, head);

/** Is this a statement, by its first line? */
export const isStatement = (note: string): boolean => /^[^\n]+\/(keys|disowned|restored)\n/.test(note);

export const isHead = (step: Step | Unbegun): boolean =>
  'ignored' in step ? 'head' in step : step.entry.kind === 'Head';

/** The stream entry by entry, from its beginning. */
export function* steps(
  origin: string,
  trusted: readonly VerifierKey[],
  entries: Iterable<HeadEntry>,
): Generator<{ entry: HeadEntry; before: HeadChain | undefined; step: Step | Unbegun }> {
  let chain: HeadChain | undefined;
  for (const entry of entries) {
    const step = chain ? follow(chain, entry.revision, entry.note) : begin(origin, trusted, entry);
    yield { entry, before: chain, step };
    chain = step.chain;
  }
}

export interface Walked {
  readonly chain: HeadChain | undefined;
  /**
   * Signed by a key then valid, and standing at the end; also those that the chain ignores, and of former epochs those
   * that no restore lost: the log must give them all.
   */
  readonly heads: readonly TreeHead[];
  readonly ignored: readonly Refusal[];
}

const notBeyond =
  (kept: TreeHead) =>
  ({ size }: TreeHead): boolean =>
    size <= kept.size;

/** The whole of the stream. */
export function walk(origin: string, trusted: readonly VerifierKey[], entries: Iterable<HeadEntry>): Walked {
  let heads: TreeHead[] = [];
  const ignored: Refusal[] = [];
  let chain: HeadChain | undefined;
  for (const { step } of steps(origin, trusted, entries)) {
    chain = step.chain;
    if ('ignored' in step) ignored.push(step.ignored);
    else if (step.entry.kind === 'Restored') heads = heads.filter(notBeyond(step.entry.kept));
    const head = headOf(step);
    if (head) heads.push(head);
  }
  return { chain, heads: heads.filter((head) => !isDisowned(chain!, head)), ignored };
}
