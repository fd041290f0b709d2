import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json';
import type { StoredEvent } from './event-log';

const LEAF_BYTES = 32;

/** Data or metadata of another writer's event: JSON text, or bytes that are not JSON. */
type Kept = { readonly json: string } | { readonly base64: string };

interface Foreign {
  readonly data: Kept;
  readonly metadata: Kept;
}

/** Is this the seal of another writer's event? Such an event has no commitments; its leaf stands in their place. */
export const isForeign = (seal: Uint8Array): boolean => seal.length === LEAF_BYTES;

/** What a mirror keeps of an event that another writer put into one of our streams, as the client parsed it. */
export const foreignBody = (data: unknown, metadata: unknown): string =>
  JSON.stringify({ content: {}, refs: {}, sources: {}, foreign: { data: kept(data), metadata: kept(metadata) } });

/** Its data and metadata as JSON texts; bytes as base64. */
export function foreignOf(body: string): { readonly data: string; readonly metadata: string } {
  const { data, metadata } = foreignIn(body);
  return { data: textOf(data), metadata: textOf(metadata) };
}

/**
 * Its leaf, from what is kept: SHA-256 of 0x00 and JCS of the members below. `recordedAt` is the server's `created`.
 */
export function foreignLeaf(event: Pick<StoredEvent, 'stream' | 'revision' | 'id' | 'type' | 'recordedAt' | 'body'>) {
  const { stream, revision, id, type, recordedAt: created, body } = event;
  const { data, metadata } = foreignIn(body);
  const facts = { v: 0, stream, revision, id, type, created, data: digest(data), metadata: digest(metadata) };
  return hash('sha256', `\0${canonicalJson(facts)}`, 'buffer');
}

const foreignIn = (body: string): Foreign => (JSON.parse(body) as { foreign: Foreign }).foreign;

const kept = (value: unknown): Kept =>
  value instanceof Uint8Array
    ? { base64: Buffer.from(value).toString('base64') }
    : { json: JSON.stringify(value ?? null) };

const textOf = (part: Kept): string => ('json' in part ? part.json : JSON.stringify(part.base64));

function digest(part: Kept): string {
  try {
    const whole = 'json' in part ? canonicalJson(JSON.parse(part.json)) : Buffer.from(part.base64, 'base64');
    return hash('sha256', whole, 'base64url');
  } catch {
    return 'unhashable';
  }
}
