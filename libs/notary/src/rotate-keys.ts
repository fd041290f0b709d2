import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { formatSigningKey, formatVerifierKey, signingKey, type SigningKey, signKeys, type VerifierKey } from '#ledger';
import { addStatement } from './add-statement';
import { checkHeads, openChain } from './check-start';
import { writeDurably } from './durable-file';
import { KeysMissing, NEXT_KEY_FILE, readSigningKey, settleSigningKey, VERIFIER_KEYS_FILE } from './key-files';
import type { OwnedRecord } from './rebuild-tree';

/**
 * Puts a new signing key in the place of the old one: signed for by the old one, or by the recovery key where that is
 * lost or in other hands. First the new key is durable, then the statement that names it, then it takes the old one's
 * place: a crash in between leaves the old key in use, or a swap that the next start completes.
 *
 * `log.vkey` then has the recovery key only. What auditors hold verifies as before, but a key out of use is nothing
 * that anyone should begin to trust.
 */
export function rotateKeys(dataDir: string, record: OwnedRecord, recovery?: SigningKey): VerifierKey {
  const { reader, store, file, trusted } = record;
  checkHeads(store, file);
  const chain = openChain(store, reader.genesis().origin, trusted);
  if (!chain) throw new KeysMissing('the log has no keys yet: "keys init" makes the first');
  settleSigningKey(dataDir, chain);
  const signer = recovery ?? readSigningKey(dataDir);
  if (!signer) throw new KeysMissing(`${dataDir} has no signing key: say --recovery, that key can name another`);
  const next = signingKey(chain.origin, randomBytes(32));
  writeDurably(join(dataDir, NEXT_KEY_FILE), `${formatSigningKey(next)}\n`, 0o600);
  const note = signKeys(chain, { signing: [next], recovery: chain.recovery }, [signer]);
  const after = addStatement(record, chain, note);
  // An entry hides how far the log had come before it.
  file?.addReached(store);
  settleSigningKey(dataDir, after);
  writeDurably(join(dataDir, VERIFIER_KEYS_FILE), `${formatVerifierKey(chain.recovery)}\n`, 0o644);
  return next;
}
