export { BundleEvent, BundleInput, BundleLine, DisclosedPart, writeBundle } from './bundle';
export { Claim, openClaim, signClaim } from './claim';
export {
  ByPart,
  checkPart,
  commitment,
  decodeCommitments,
  decodeSalts,
  elementOf,
  OpenedEvent,
  openStored,
  Part,
  PARTS,
  StoredEvent,
} from './envelope';
export * from './head-chain';
export { digestOf, ForeignEvent, foreignLeafOf, leafOf } from './leaf';
export { Hashes, ListedLeaves } from './listed-leaves';
export {
  decodeFrontier,
  EMPTY_FRONTIER,
  encodeFrontier,
  everyEighth,
  extend,
  Frontier,
  frontierAt,
  MerkleTree,
  OnComplete,
  rootOf,
  Subtrees,
} from './merkle-tree';
export {
  consistencyProof,
  inclusionProof,
  multiProof,
  verifyConsistency,
  verifyInclusion,
  verifyMultiProof,
} from './proofs';
export { Reason, Refusal, Where } from './refusal';
export { EMPTY_ROOT, Hash, HASH_BYTES, leafHash, nodeHash, sameHash } from './sha256';
export {
  ED25519,
  formatSigningKey,
  formatVerifierKey,
  OpenedNote,
  openNote,
  parseSigningKey,
  parseVerifierKey,
  renamed,
  sameKey,
  signingKey,
  SigningKey,
  signNote,
  VerifierKey,
} from './signed-note';
export {
  checkExtends,
  checkNoSplit,
  epochOrigin,
  headText,
  openHead,
  parseHead,
  sameHead,
  signHead,
  signNextHead,
  TreeHead,
} from './tree-head';
export { BundleCheck, BundleVerdict, BundleVerifier, ShownEvent, verifyBundle } from './verify-bundle';
