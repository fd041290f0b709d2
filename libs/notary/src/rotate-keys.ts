import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { formatSigningKey, formatVerifierKey, signingKey, type SigningKey, signKeys, type VerifierKey } from '#ledger';
import { addStatement } from './add-statement';
import { writeDurably } from './durable-file';
import { HeadStream, type OwnedRecord } from './head-stream';
import { KeysMissing, NEXT_KEY_FILE, readSigningKey, settleSigningKey, VERIFIER_KEYS_FILE } from './key-files';

/**
 * Puts a new signing key in the place of the old one: signed for by the old one, or by the recovery key where that is
 * lost or in other hands. First the new key is durable, then the statement that names it, then it takes the old one's
 * place: a crash in between leaves the old key in use, or a swap that the next start completes.
 *
 * `log.vkey` then has the recovery key only. What auditors hold verifies as before, but a key out of use is nothing
 * that anyone should begin to trust.
 */
export async function rotateKeys(record: OwnedRecord, recovery?: SigningKey): Promise<VerifierKey> {
  const { dataDir, store, file } = record;
  const stream = HeadStream.open(record);
  stream.readOn();
  const { chain } = stream;
  if (!chain) throw new KeysMissing('the log has no keys yet: "keys init" makes the first');
  settleSigningKey(dataDir, chain);
  const signer = recovery ?? readSigningKey(dataDir);
  if (!signer) throw new KeysMissing(`${dataDir} has no signing key: say --recovery, that key can name another`);
  const next = signingKey(chain.origin, randomBytes(32));
  writeDurably(join(dataDir, NEXT_KEY_FILE), `${formatSigningKey(next)}\n`, 0o600);
  const note = signKeys(chain, { signing: [next], recovery: chain.recovery }, [signer]);
  await addStatement(stream, note);
  // An entry hides how far the log had come before it.
  file?.addReached(store);
  settleSigningKey(dataDir, stream.chain!);
  writeDurably(join(dataDir, VERIFIER_KEYS_FILE), `${formatVerifierKey(chain.recovery)}\n`, 0o644);
  return next;
}
