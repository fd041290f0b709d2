import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidConfig } from '../environment';

/** 32 bytes of base64url. A shorter key, such as from a truncated file, could be guessed. */
const KEY = /^[\w-]{43}$/;

/** The ring of `TOKEN_KEYS`, or the data folder's own key, made at first start and readable by its owner only. */
export function loadTokenKeys(configured: readonly string[], dataDir: string): Buffer[] {
  if (configured.length > 0) return configured.map((key) => Buffer.from(key, 'base64url'));
  const path = join(dataDir, 'token.key');
  if (!existsSync(path)) writeFileSync(path, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  const key = readFileSync(path, 'utf8').trim();
  if (KEY.test(key)) return [Buffer.from(key, 'base64url')];
  throw new InvalidConfig([
    `${path} holds no key (32 bytes of base64url): restore it, or delete it, and every cursor and ETag given so far ends.`,
  ]);
}
