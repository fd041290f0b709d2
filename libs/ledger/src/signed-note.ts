import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { Refusal } from './refusal';
import { decode, encodeHash, sha256 } from './sha256';

/** The key of C2SP signed-note (c2sp.org/signed-note) that verifies. Its text form is a *vkey*. */
export interface VerifierKey {
  /** Without white space and plus; by convention a URL without a scheme. */
  readonly name: string;
  /** The first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key). A hint, not a proof of identity. */
  readonly id: number;
  /** The signature type byte. Types that this build does not know are kept, and their signatures pass unread. */
  readonly type: number;
  readonly publicKey: Uint8Array;
}

/** The key that signs. Its text form is that of Go's sumdb/note: `PRIVATE+KEY+name+id+base64(type ‖ seed)`. */
export interface SigningKey extends VerifierKey {
  /** Ed25519: the 32 bytes of RFC 8032. To be kept from everyone. */
  readonly seed: Uint8Array;
}

export const ED25519 = 0x01;

interface SignatureType {
  readonly publicKeyBytes: number;
  publicKeyOf(seed: Uint8Array): Uint8Array;
  sign(text: Buffer, seed: Uint8Array): Buffer;
  verify(text: Buffer, publicKey: Uint8Array, signature: Uint8Array): boolean;
}

// What DER puts before the 32 bytes of an Ed25519 key (RFC 8410).
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const privateKey = (seed: Uint8Array) =>
  createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
const publicKey = (bytes: Uint8Array) =>
  createPublicKey({ key: Buffer.concat([SPKI, bytes]), format: 'der', type: 'spki' });

/** A new type of signature is an entry here. */
const SIGNATURE_TYPES: ReadonlyMap<number, SignatureType> = new Map([
  [
    ED25519,
    {
      publicKeyBytes: 32,
      publicKeyOf: (seed) =>
        createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' }).subarray(SPKI.length),
      sign: (text, seed) => sign(null, text, privateKey(seed)),
      verify: (text, bytes, signature) => verify(null, text, publicKey(bytes), signature),
    },
  ],
]);

/** An Ed25519 key from 32 random bytes. */
export function signingKey(name: string, seed: Uint8Array): SigningKey {
  if (seed.length !== 32) throw new Refusal('key-malformed', `an Ed25519 seed has 32 bytes, not ${seed.length}`);
  const publicKey = SIGNATURE_TYPES.get(ED25519)!.publicKeyOf(seed);
  return { ...verifierKey(name, ED25519, publicKey), seed };
}

/** The same key under another name, so with another id: one key may sign texts of several kinds, each under its name. */
export const renamed = <Key extends VerifierKey>(key: Key, name: string): Key => ({
  ...key,
  ...verifierKey(name, key.type, key.publicKey),
});

export const sameKey = (a: VerifierKey, b: VerifierKey): boolean =>
  a.type === b.type && Buffer.compare(a.publicKey, b.publicKey) === 0;

export const formatVerifierKey = (key: VerifierKey): string => format(key, key.publicKey);

export function parseVerifierKey(text: string): VerifierKey {
  const [, name, id, type, publicKey] = parse(text, /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/);
  return checkId(verifierKey(name, type, publicKey), id);
}

export const formatSigningKey = (key: SigningKey): string => `PRIVATE+KEY+${format(key, key.seed)}`;

export function parseSigningKey(text: string): SigningKey {
  const [, name, id, type, seed] = parse(text, /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/);
  if (type !== ED25519) throw new Refusal('key-malformed', `this build does not sign with keys of type ${type}`);
  return checkId(signingKey(name, seed), id);
}

/** A note: the text, a blank line, a signature line for each key. The text ends in a newline. */
export function signNote(text: string, keys: readonly SigningKey[]): string {
  checkText(text);
  const lines = keys.map((key) => {
    const signature = SIGNATURE_TYPES.get(key.type)!.sign(Buffer.from(text), key.seed);
    return `— ${key.name} ${Buffer.concat([idBytes(key.id), signature]).toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

export interface OpenedNote {
  readonly text: string;
  /** Those of the given keys that signed it: one at least. */
  readonly signers: readonly VerifierKey[];
}

/** C2SP wants at least 16. */
const MAX_SIGNATURES = 64;

/**
 * The text of a note that one of these keys has signed. Signatures of unknown keys pass unread (witnesses add them);
 * a wrong signature of a known key refuses the note. Nothing of a note may be used that did not come from here.
 */
export function openNote(note: string, keys: readonly VerifierKey[]): OpenedNote {
  const { text, signatures } = divide(note);
  const bytes = Buffer.from(text);
  const signers = new Set<VerifierKey>();
  for (const { name, id, signature } of signatures) {
    const key = keys.find((known) => known.name === name && known.id === id && SIGNATURE_TYPES.has(known.type));
    if (!key) continue;
    if (!SIGNATURE_TYPES.get(key.type)!.verify(bytes, key.publicKey, signature)) {
      throw new Refusal('signature-wrong', `the signature of ${name} is not of this text`);
    }
    signers.add(key);
  }
  if (signers.size === 0) {
    const names = signatures.map(({ name, id }) => `${name}+${idBytes(id).toString('hex')}`).join(', ');
    throw new Refusal('signature-unknown', `signed by ${names}, and by none of the keys that count here`);
  }
  return { text, signers: [...signers] };
}

/** The first line of a note, unverified: good for choosing the keys to open it with. */
export const firstLine = (note: string): string => note.slice(0, Math.max(0, note.indexOf('\n')));

function divide(note: string) {
  const end = note.lastIndexOf('\n\n') + 1;
  const text = note.slice(0, end);
  checkText(text);
  const lines = note.slice(end + 1).split('\n');
  if (lines.pop() !== '' || lines.length === 0 || lines.length > MAX_SIGNATURES) {
    throw new Refusal('note-malformed', `a note ends in 1 to ${MAX_SIGNATURES} signature lines`);
  }
  return { text, signatures: lines.map(signatureOf) };
}

function signatureOf(line: string) {
  const [, name, encoded] = /^— ([^\s+]+) (\S+)$/u.exec(line) ?? [];
  const bytes = decode(encoded, 'base64');
  if (name === undefined || !bytes || bytes.length < 5) {
    throw new Refusal('note-malformed', `not a signature line: ${line.slice(0, 80)}`);
  }
  return { name, id: bytes.readUInt32BE(), signature: bytes.subarray(4) };
}

function checkText(text: string): void {
  if (!text.endsWith('\n') || !text.isWellFormed() || /[\u0000-\u0009\u000b-\u001f]/.test(text)) {
    throw new Refusal('note-malformed', 'the text of a note is lines of UTF-8 without control characters');
  }
}

function verifierKey(name: string, type: number, publicKey: Uint8Array): VerifierKey {
  if (!/^[^\s+]+$/u.test(name) || !name.isWellFormed()) {
    throw new Refusal('key-malformed', `the name of a key has no white space and no plus: ${name}`);
  }
  const expected = SIGNATURE_TYPES.get(type)?.publicKeyBytes ?? publicKey.length;
  if (publicKey.length !== expected) throw new Refusal('key-malformed', `a key of ${publicKey.length} bytes`);
  const id = sha256(Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), publicKey])).readUInt32BE();
  return { name, id, type, publicKey };
}

function parse(text: string, form: RegExp): [text: string, name: string, id: string, type: number, key: Buffer] {
  const [, name, id, encoded] = form.exec(text) ?? [];
  const bytes = decode(encoded, 'base64');
  if (name === undefined || id === undefined || !bytes || bytes.length < 2) {
    throw new Refusal('key-malformed', 'a key is name+id+base64, see c2sp.org/signed-note');
  }
  return [text, name, id, bytes[0]!, bytes.subarray(1)];
}

function checkId<Key extends VerifierKey>(key: Key, id: string): Key {
  if (idBytes(key.id).toString('hex') === id) return key;
  throw new Refusal('key-malformed', `${key.name}+${id} is not the id of this key`);
}

const format = ({ name, id, type }: VerifierKey, bytes: Uint8Array) =>
  `${name}+${idBytes(id).toString('hex')}+${encodeHash(Buffer.concat([Buffer.of(type), bytes]), 'base64')}`;

function idBytes(id: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(id);
  return bytes;
}
