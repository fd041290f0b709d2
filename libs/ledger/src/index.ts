export { type BundleEvent, type DisclosedPart, writeBundle } from './bundle';
export { commitment, type OpenedEvent, openStored, PARTS } from './envelope';
export * from './head-chain';
export { leafOf } from './leaf';
export { ListedLeaves } from './listed-leaves';
export {
  EMPTY_FRONTIER,
  everyEighth,
  extend,
  type Frontier,
  frontierAt,
  MerkleTree,
  rootOf,
  type Subtrees,
} from './merkle-tree';
export { consistencyProof, inclusionProof, multiProof } from './proofs';
export { printable, Refusal } from './refusal';
export { type SeenEntry } from './seen-heads';
export { type Hash, HASH_BYTES, sameHash } from './sha256';
export {
  formatSigningKey,
  formatVerifierKey,
  parseSigningKey,
  parseVerifierKey,
  sameKey,
  signingKey,
  type SigningKey,
  type VerifierKey,
} from './signed-note';
export { checkExtends, epochOrigin, headText, openHead, parseHead, signNextHead, type TreeHead } from './tree-head';
export { type BundleVerdict, BundleVerifier, type ShownEvent, verifyBundle } from './verify-bundle';
