import { frontierAt, rootOf, Subtrees } from './merkle-tree';
import { consistencyProof, verifyConsistency } from './proofs';
import { Refusal } from './refusal';
import { decodeHash, encodeHash, Hash, sameHash } from './sha256';
import { firstLine, openNote, renamed, signNote, SigningKey, VerifierKey } from './signed-note';

/** What a log commits to: the root over its first `size` leaves. As a note it is a checkpoint (c2sp.org/tlog-checkpoint). */
export interface TreeHead {
  /** The log's name, as `epochOrigin` makes it. */
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

/**
 * A log that was restored and lost events is another log to everyone who watches it: it goes on under another name.
 * So a head of the lost tail says nothing about what came after, and cannot be passed off as a head of it.
 */
export const epochOrigin = (origin: string, epoch: number): string =>
  epoch === 0 ? origin : `${origin}/epoch-${epoch}`;

export const headText = ({ origin, size, root }: TreeHead): string =>
  `${origin}\n${size}\n${encodeHash(root, 'base64')}\n`;

/** Strict: three lines. Extension lines are no part of a head of this log. */
export function parseHead(text: string): TreeHead {
  const [, origin, digits, encoded] = /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([^\n]+)\n$/.exec(text) ?? [];
  if (origin === undefined || !Number.isSafeInteger(Number(digits))) {
    throw new Refusal('head-malformed', 'a tree head is three lines: origin, size, root');
  }
  return { origin, size: Number(digits), root: decodeHash(encoded, 'base64') };
}

/** Signed under the head's origin. `signNextHead` is what a log calls: it signs nothing that contradicts its last head. */
export const signHead = (head: TreeHead, key: SigningKey): string =>
  signNote(headText(head), [renamed(key, head.origin)]);

/** The head in a note that one of these keys has signed under the name of the log. */
export function openHead(note: string, keys: readonly VerifierKey[]): TreeHead {
  const origin = firstLine(note);
  return parseHead(openNote(note, named(keys, origin)).text);
}

/** The keys under this name; none if it cannot be one. */
export const named = (keys: readonly VerifierKey[], name: string): VerifierKey[] =>
  /^[^\s+]+$/u.test(name) ? keys.map((key) => renamed(key, name)) : [];

export const sameHead = (a: TreeHead, b: TreeHead): boolean =>
  a.origin === b.origin && a.size === b.size && sameHash(a.root, b.root);

/** Two heads of one size that differ: whoever signed both showed different logs to different people. */
export function checkNoSplit(a: TreeHead, b: TreeHead): void {
  if (a.origin === b.origin && a.size === b.size && !sameHash(a.root, b.root)) {
    throw new Refusal('split-view', `two heads of ${a.origin} at size ${a.size}: ${show(a.root)} and ${show(b.root)}`);
  }
}

/** Throws unless the log of `newer` begins with that of `older`. An empty log begins every log. */
export function checkExtends(older: TreeHead, newer: TreeHead, proof: readonly Hash[]): void {
  if (older.origin !== newer.origin) throw new Refusal('wrong-origin', `${newer.origin} is not ${older.origin}`);
  checkNoSplit(older, newer);
  if (older.size > newer.size) throw new Refusal('head-behind', `${newer.size} leaves after ${older.size}`);
  if (older.size > 0) verifyConsistency(older.size, older.root, newer.size, newer.root, proof);
}

/**
 * The head of the log at `size`, as a signed note, after it was proved from the same subtrees that the log begins with
 * its `last` head. Throws `split-view` where it does not: then what is stored was changed, and nothing may be signed.
 */
export function signNextHead(
  log: {
    readonly origin: string;
    readonly size: number;
    readonly subtrees: Subtrees;
    readonly last?: TreeHead | undefined;
  },
  key: SigningKey,
): string {
  const { origin, size, subtrees, last } = log;
  const head = { origin, size, root: rootOf(frontierAt(subtrees, size)) };
  if (last && last.size <= size) {
    const kept = { ...last, root: rootOf(frontierAt(subtrees, last.size)) };
    checkNoSplit(last, kept);
  }
  if (last)
    checkExtends(last, head, last.size > 0 && last.size <= size ? consistencyProof(subtrees, last.size, size) : []);
  return signHead(head, key);
}

const show = (root: Hash) => encodeHash(root, 'base64');
