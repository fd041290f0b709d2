import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  beginChain,
  formatSigningKey,
  formatVerifierKey,
  type HeadChain,
  sameKey,
  signingKey,
  type SigningKey,
  signKeys,
  type VerifierKey,
} from '#ledger';
import { addStatement } from './add-statement';
import { writeDurably } from './durable-file';
import { HeadStream, type OwnedRecord } from './head-stream';
import {
  KeysMissing,
  NEXT_KEY_FILE,
  readSigningKey,
  settleSigningKey,
  VERIFIER_KEYS_FILE,
  writeSecret,
} from './key-files';

export interface Rotation {
  /** The recovery key, where the signing key is lost or in other hands, or where it is to be replaced itself. */
  readonly recovery?: SigningKey | undefined;
  /** Where another recovery key is to be written, which then takes the place of this one. */
  readonly nextRecoveryFile?: string | undefined;
}

export interface Rotated {
  readonly signing: VerifierKey;
  readonly recovery: VerifierKey;
}

/**
 * Puts a new signing key in the place of the old one: signed for by the old one, or by the recovery key where that is
 * lost or in other hands. First the new key is durable, then the statement that names it, then it takes the old one's
 * place: a crash in between leaves the old key in use, or a swap that the next start completes.
 *
 * A new recovery key is named by the same statement, which then the recovery key must sign.
 *
 * `log.vkey` then has the first recovery key only. What auditors hold verifies as before, but a key out of use is
 * nothing that anyone should begin to trust; and trust begins at the first entry, so with a key that stands there.
 */
export async function rotateKeys(record: OwnedRecord, rotation: Rotation = {}): Promise<Rotated> {
  const { dataDir, store, trusted } = record;
  const stream = HeadStream.open(record);
  stream.readOn();
  const { chain } = stream;
  if (!chain) throw new KeysMissing('the log has no keys yet: "keys init" makes the first');
  settleSigningKey(dataDir, chain);
  const signer = rotation.recovery ?? readSigningKey(dataDir);
  if (!signer) throw new KeysMissing(`${dataDir} has no signing key: say --recovery, that key can name another`);
  const recovery = nextRecovery(chain, rotation);
  const next = signingKey(chain.origin, randomBytes(32));
  writeDurably(join(dataDir, NEXT_KEY_FILE), `${formatSigningKey(next)}\n`, 0o600);
  await addStatement(stream, signKeys(chain, { signing: [next], recovery }, [signer]));
  settleSigningKey(dataDir, stream.chain!);
  const [keys] = store.statements();
  const first = beginChain(chain.origin, trusted, keys!.note).recovery;
  writeDurably(join(dataDir, VERIFIER_KEYS_FILE), `${formatVerifierKey(first)}\n`, 0o644);
  return { signing: next, recovery };
}

/**
 * The recovery key from now on. A new one is made durable before it is named, or nobody might ever be able to use it.
 */
function nextRecovery(chain: HeadChain, { recovery, nextRecoveryFile }: Rotation): VerifierKey {
  if (nextRecoveryFile === undefined) return chain.recovery;
  if (!recovery || !sameKey(recovery, chain.recovery))
    throw new KeysMissing('only the recovery key in use can name another: say --recovery');
  const next = signingKey(chain.origin, randomBytes(32));
  writeSecret(nextRecoveryFile, next);
  return next;
}
