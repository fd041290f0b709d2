import { Refusal } from './refusal';
import { decodeHash, encodeHash, sameHash } from './sha256';
import { SigningKey, VerifierKey } from './signed-note';
import { openStatement, signStatement } from './statement';
import { TreeHead } from './tree-head';

/**
 * What the log's keeper says about one crisis and no proof shows: that at this head its last revision is this one, and
 * that the keys were changed last by the statement with this digest. A false claim is evidence against its signer.
 */
export interface Claim {
  readonly crisis: string;
  readonly lastRevision: number;
  readonly head: TreeHead;
  /** `tip` of the head chain. */
  readonly tip: string;
}

/** Never the name of a log: a claim cannot be taken for a tree head. */
const claimName = (origin: string) => `${origin}/claim`;

export const signClaim = ({ crisis, lastRevision, head, tip }: Claim, key: SigningKey): string =>
  signStatement(
    claimName(head.origin),
    { crisis, lastRevision, size: head.size, root: encodeHash(head.root, 'base64'), tip },
    [key],
  );

/** The claim in a note about this head, signed by one of these keys. */
export function openClaim(note: string, head: TreeHead, keys: readonly VerifierKey[]): Claim {
  const { body } = openStatement(note, claimName(head.origin), keys);
  const { crisis, lastRevision, size, root, tip, ...others } = body;
  if (typeof crisis !== 'string' || typeof lastRevision !== 'number' || typeof tip !== 'string' || hasAny(others)) {
    throw new Refusal('statement-malformed', 'a claim is {crisis, lastRevision, size, root, tip}');
  }
  if (size !== head.size || !sameHash(decodeHash(root, 'base64'), head.root)) {
    throw new Refusal('claim-differs', `the claim is about another head, of size ${String(size)}`);
  }
  return { crisis, lastRevision, head, tip };
}

const hasAny = (object: object) => Object.keys(object).length > 0;
