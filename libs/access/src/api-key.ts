import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * `clk_`, 256 random bits as base64url, and the CRC-32 of that text in hex, so that scanners recognise a leaked key and
 * a mistyped one costs no look-up.
 */
export interface ApiKey {
  /** Shown once, to whoever made it. */
  readonly secret: string;
  /** SHA-256, base64url: all that is kept. A slow hash would guard guessable secrets, which this is not. */
  readonly hash: string;
}

const KEY = /^clk_([A-Za-z0-9_-]{43})([0-9a-f]{8})$/;

export const checksumOf = (text: string): string => crc32(text).toString(16).padStart(8, '0');

export function mintKey(random: (bytes: number) => Buffer = randomBytes): ApiKey {
  const text = random(32).toString('base64url');
  const secret = `clk_${text}${checksumOf(text)}`;
  return { secret, hash: hashOf(secret) };
}

/** The hash of a well-formed key; undefined for anything else. About a microsecond. */
export function readKey(secret: string): string | undefined {
  const [, text, checksum] = KEY.exec(secret) ?? [];
  return text !== undefined && checksumOf(text) === checksum ? hashOf(secret) : undefined;
}

const hashOf = (secret: string): string => hash('sha256', secret, 'base64url');
