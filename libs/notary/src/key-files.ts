import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  formatSigningKey,
  formatVerifierKey,
  type HeadChain,
  parseSigningKey,
  parseVerifierKey,
  sameKey,
  signingKey,
  type SigningKey,
  signKeys,
  type VerifierKey,
} from '#ledger';
import { type HeadRecord, OutcomeUnknown } from '#event-log';
import { moveDurably } from './durable-file';
import { HeadTable } from './head-table';
import { begin, seenKeys } from './head-walk';
import { LedgerStore } from './ledger-store';

/** In the data folder: the key that signs heads, and the public keys that auditors trust, a line each. */
export const SIGNING_KEY_FILE = 'signing.key';
/** Where the next key waits until the statement that names it is durable. */
export const NEXT_KEY_FILE = `${SIGNING_KEY_FILE}.next`;
export const VERIFIER_KEYS_FILE = 'log.vkey';

/** Owner only, and never over another key. */
export const writeSecret = (file: string, key: SigningKey): void =>
  writeFileSync(file, `${formatSigningKey(key)}\n`, { mode: 0o600, flag: 'wx' });

/**
 * Makes the signing and the recovery key of a log, and the first entry of its stream of heads. The recovery key is
 * written to a file of its own, which belongs on another machine. Whoever calls this owns the data folder. `record`:
 * where the stream is, if not there. Rejects as the record does; nothing is left then, unless the outcome is unknown.
 */
export async function initKeys(
  dataDir: string,
  origin: string,
  recoveryFile: string,
  record?: HeadRecord,
): Promise<VerifierKey[]> {
  using store = LedgerStore.open(dataDir);
  const heads = record ?? new HeadTable(store);
  const before = [...heads.readFrom(0)];
  // In EventStoreDB others may have written there, which makes no keys.
  if (record ? before.some((entry) => begin(origin, seenKeys(origin, entry.note), entry).chain) : before.length > 0)
    throw new KeysExist(`${origin} has keys: a log gets its first keys once`);
  const [signing, recovery] = [signingKey(origin, randomBytes(32)), signingKey(origin, randomBytes(32))];
  // The recovery key first: keys that nobody can recover from must not come into use.
  writeSecret(recoveryFile, recovery);
  writeSecret(join(dataDir, SIGNING_KEY_FILE), signing);
  const trusted = [signing, recovery];
  const lines = trusted.map((key) => `${formatVerifierKey(key)}\n`);
  writeFileSync(join(dataDir, VERIFIER_KEYS_FILE), lines.join(''), { flag: 'wx' });
  const entry = { revision: before.length, note: signKeys(undefined, { signing: [signing], recovery }, trusted) };
  try {
    if (!(await heads.append(entry))) throw new KeysExist(`somebody else has just appended: try again`);
  } catch (error) {
    // Keys that no entry names are of no use.
    const made = [recoveryFile, join(dataDir, SIGNING_KEY_FILE), join(dataDir, VERIFIER_KEYS_FILE)];
    if (!(error instanceof OutcomeUnknown)) for (const file of made) rmSync(file);
    throw error;
  }
  // Entries that were there before do not count.
  for (const { revision } of before) store.addNote({ revision, note: '' });
  store.addNote(entry);
  return trusted;
}

export class KeysExist extends Error {}

export class KeysMissing extends Error {}

/** The data folder's signing key; undefined for an instance that verifies and does not sign. */
export function readSigningKey(dataDir: string): SigningKey | undefined {
  const file = join(dataDir, SIGNING_KEY_FILE);
  return existsSync(file) ? readSecretKey(file) : undefined;
}

/** Completes a rotation that a crash cut off between the statement and the file. */
export function settleSigningKey(dataDir: string, chain: HeadChain): void {
  const file = join(dataDir, NEXT_KEY_FILE);
  if (existsSync(file) && isNamed(chain, readSecretKey(file))) moveDurably(file, join(dataDir, SIGNING_KEY_FILE));
}

/**
 * The data folder's signing key. Throws UnusableKey for a key that the chain does not name, whose heads would not
 * count. Where other instances sign as well (`isShared`) one may have rotated it, and this instance goes on without
 * signing.
 */
export function signerOf(dataDir: string, chain: HeadChain | undefined, isShared: boolean): SigningKey | undefined {
  if (chain) settleSigningKey(dataDir, chain);
  const key = readSigningKey(dataDir);
  if (!chain || !key || isNamed(chain, key)) return key;
  if (isShared) {
    console.error(`${SIGNING_KEY_FILE} is not a key that the stream of heads names: this instance signs nothing`);
    return key;
  }
  throw new UnusableKey(
    `${join(dataDir, SIGNING_KEY_FILE)} is not a key that the stream of heads names: put the one in force there, or another with "crisis-log keys rotate --recovery FILE"`,
  );
}

export const isNamed = (chain: HeadChain, key: VerifierKey): boolean =>
  chain.signing.some((named) => sameKey(named, key));

/** A file of keys is unusable. The record itself is not affected: only the file has to be mended. */
export class UnusableKey extends Error {}

/** Throws where others than its owner may read it. */
export function readSecretKey(file: string): SigningKey {
  if ((statSync(file).mode & 0o077) !== 0) throw new UnusableKey(`${file} can be read by others: chmod 600 ${file}`);
  return keyIn(file, readFileSync(file, 'utf8').trim(), parseSigningKey);
}

/** The keys of a file, one a line. */
export const readVerifierKeys = (file: string): VerifierKey[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => keyIn(file, line, parseVerifierKey));

function keyIn<Key>(file: string, text: string, parse: (text: string) => Key): Key {
  try {
    return parse(text);
  } catch (error) {
    throw new UnusableKey(`${file}: ${(error as Error).message}`);
  }
}
