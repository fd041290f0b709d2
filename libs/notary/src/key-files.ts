import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  formatSigningKey,
  formatVerifierKey,
  parseSigningKey,
  parseVerifierKey,
  signingKey,
  type SigningKey,
  signKeys,
  type VerifierKey,
} from '#ledger';
import { LedgerStore } from './ledger-store';

/** In the data folder: the key that signs heads, and the public keys that auditors trust, a line each. */
export const SIGNING_KEY_FILE = 'signing.key';
export const VERIFIER_KEYS_FILE = 'log.vkey';

/** Owner only, and never over another key. */
const writeSecret = (file: string, key: SigningKey): void =>
  writeFileSync(file, `${formatSigningKey(key)}\n`, { mode: 0o600, flag: 'wx' });

/**
 * Makes the signing and the recovery key of a log, and the first entry of its stream of heads. The recovery key is
 * written to a file of its own, which belongs on another machine. Whoever calls this owns the data folder.
 */
export function initKeys(dataDir: string, origin: string, recoveryFile: string): VerifierKey[] {
  const store = LedgerStore.open(dataDir);
  try {
    if (store.note(0) !== undefined) throw new KeysExist(`${dataDir} has keys: a log gets its first keys once`);
    const [signing, recovery] = [signingKey(origin, randomBytes(32)), signingKey(origin, randomBytes(32))];
    // The recovery key first: keys that nobody can recover from must not come into use.
    writeSecret(recoveryFile, recovery);
    writeSecret(join(dataDir, SIGNING_KEY_FILE), signing);
    const trusted = [signing, recovery];
    const lines = trusted.map((key) => `${formatVerifierKey(key)}\n`);
    writeFileSync(join(dataDir, VERIFIER_KEYS_FILE), lines.join(''), { flag: 'wx' });
    store.addNote({ revision: 0, note: signKeys(undefined, { signing: [signing], recovery }, trusted) });
    return trusted;
  } finally {
    store.close();
  }
}

export class KeysExist extends Error {}

/** The data folder's signing key; undefined for an instance that verifies and does not sign. */
export function readSigningKey(dataDir: string): SigningKey | undefined {
  const file = join(dataDir, SIGNING_KEY_FILE);
  return existsSync(file) ? readSecretKey(file) : undefined;
}

export class KeyNotPrivate extends Error {}

/** Throws where others than its owner may read it. */
export function readSecretKey(file: string): SigningKey {
  if ((statSync(file).mode & 0o077) !== 0) throw new KeyNotPrivate(`${file} can be read by others: chmod 600 ${file}`);
  return parseSigningKey(readFileSync(file, 'utf8').trim());
}

/** The keys of a file, one a line. */
export const readVerifierKeys = (file: string): VerifierKey[] =>
  readFileSync(file, 'utf8').split('\n').filter(Boolean).map(parseVerifierKey);
