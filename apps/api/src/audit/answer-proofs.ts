import { consistencyProof, formatVerifierKey, type Hash, inclusionProof } from '#ledger';
import type { Notary, SignedHead } from '#notary';
import { Problem, retryAfter } from '../http/problem';

const text = (hash: Hash): string => Buffer.from(hash).toString('base64');

/** The head over everything acknowledged before it was asked for, and the statements that say which keys may sign. */
export async function answerHead(notary: Notary): Promise<string> {
  const { origin, size, root, revision, note } = await settled(notary);
  const { signing, epoch } = notary.chain!;
  return JSON.stringify({
    origin,
    epoch,
    size,
    root: text(root),
    revision,
    note,
    keys: signing.map(formatVerifierKey),
    statements: notary.store.statements(),
  });
}

export async function answerInclusion(notary: Notary, { position }: { position: number }): Promise<string> {
  const { size, note } = await settled(notary);
  if (position >= size) throw new Problem('behind', `The last signed head is over ${size} events.`, {}, retryAfter(1));
  const { subtrees } = notary.store;
  const proof = inclusionProof(subtrees, position, size).map(text);
  return JSON.stringify({ position, leaf: text(notary.recomputedLeaf(position)), size, proof, head: note });
}

export async function answerConsistency(notary: Notary, { from, to }: { from: number; to: number }): Promise<string> {
  const { size } = await settled(notary);
  if (to > size || from > to || from < 1) {
    throw new Problem('no-such-tree', `The log has ${size} events; asked was from ${from} to ${to}.`);
  }
  const { store } = notary;
  return JSON.stringify({
    from: { size: from, root: text(store.rootAt(from)) },
    to: { size: to, root: text(store.rootAt(to)) },
    proof: consistencyProof(store.subtrees, from, to).map(text),
  });
}

export async function settled(notary: Notary): Promise<SignedHead> {
  const head = await notary.settle(Date.now());
  if (head) return head;
  throw new Problem(
    'no-tree-head',
    notary.chain ? 'Nothing was recorded yet, or this instance does not sign.' : 'The log has no keys.',
  );
}
