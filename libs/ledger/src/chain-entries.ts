import { Refusal } from './refusal';
import { checkedSize } from './merkle-tree';
import { decodeHash } from './sha256';
import { parseVerifierKey, SigningKey, VerifierKey } from './signed-note';
import { isObject, signStatement, StatementBody } from './statement';
import { TreeHead } from './tree-head';

// The fields of the statements in the stream of heads. Bodies come from verified notes; that is no reason to guess.

export const signEntry = (
  after: { readonly origin: string; readonly tip: string | null },
  kind: 'keys' | 'disowned' | 'restored',
  body: StatementBody,
  keys: readonly SigningKey[],
): string => signStatement(`${after.origin}/${kind}`, { ...body, previous: after.tip }, keys);

export function previousOf({ previous }: StatementBody): string | null {
  if (previous === null || typeof previous === 'string') return previous;
  throw new Refusal('statement-malformed', '`previous` is the digest of the statement before, or null');
}

export function reasonOf({ reason }: StatementBody): string {
  if (typeof reason === 'string' && reason !== '') return reason;
  throw new Refusal('statement-malformed', '`reason` says why');
}

export function keysOf({ signing, recovery }: StatementBody, origin: string) {
  if (!Array.isArray(signing) || signing.length === 0) {
    throw new Refusal('statement-malformed', '`signing` is a list of one key or more');
  }
  return { signing: signing.map((key) => keyOf(key, origin)), recovery: keyOf(recovery, origin) };
}

function keyOf(text: unknown, origin: string): VerifierKey {
  if (typeof text !== 'string') throw new Refusal('key-malformed', 'a key is a text');
  const key = parseVerifierKey(text);
  if (key.name !== origin) throw new Refusal('key-malformed', `the keys of ${origin} have its name, not ${key.name}`);
  return key;
}

export function headOf(value: unknown): TreeHead {
  if (!isObject(value) || typeof value['origin'] !== 'string' || typeof value['size'] !== 'number') {
    throw new Refusal('statement-malformed', 'a head is {origin, size, root}');
  }
  return { origin: value['origin'], size: checkedSize(value['size']), root: decodeHash(value['root'], 'base64') };
}
