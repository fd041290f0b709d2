import { bodyFrom } from '../element';
import { EnvelopeFacts, sealHolds, sealOf } from '../envelope';
import { Level, LEVELS, RecordedBy, StoredMarking } from '../event-log';
import { foreignBody, foreignLeaf } from '../foreign';
import { interned } from './interned';
import type { RecordedEvent } from './record-client';

/** An event of a crisis as a mirror keeps it. */
export interface OpenedEvent extends Amendment {
  readonly facts: EnvelopeFacts;
  readonly recordedAt: number;
  /** JCS of {content, refs, sources} as UTF-8; of another writer's event see `foreignBody`. */
  readonly body: Buffer;
  /** Salts, contentHash and commitments; of another writer's event its leaf. */
  readonly seal: Buffer;
}

/** What an amendment does to its target, read from what is stored. */
export interface Amendment {
  readonly target?: string;
  readonly marks?: Level;
  readonly contentType?: string;
}

interface Data {
  readonly content: Record<string, unknown>;
  readonly refs: Record<string, unknown>;
  readonly sources: Record<string, unknown>;
  readonly salts: string;
  readonly contentHash: string;
}

interface Metadata {
  readonly v: 1;
  readonly recordedAt: string;
  readonly recordedBy: RecordedBy;
  readonly marking: StoredMarking;
  readonly schemaVersion: number;
  readonly contentSchemaVersion?: number;
  readonly commitments: string;
  readonly $correlationId: string;
  readonly $causationId?: string;
}

/** Every commitment is computed again from what is held. An event whose envelope does not hold is another writer's. */
export function openEnvelope(event: RecordedEvent): OpenedEvent {
  try {
    return own(event) ?? foreign(event);
  } catch {
    return foreign(event);
  }
}

function own({ stream, revision, id, type, data, metadata }: RecordedEvent): OpenedEvent | undefined {
  const { content, refs, sources, salts, contentHash } = data as Data;
  const { recordedBy, recordedAt, marking, schemaVersion, contentSchemaVersion, ...rest } = metadata as Metadata;
  const facts: EnvelopeFacts = {
    stream,
    revision,
    id,
    type,
    recordedAt,
    marking,
    schemaVersion,
    contentSchemaVersion,
    recordedBy: interned(recordedBy),
    correlationId: rest.$correlationId,
    causationId: rest.$causationId,
  };
  const parts = bodyFrom({ content, refs, sources });
  const seal = sealOf(salts, contentHash, rest.commitments);
  const time = Date.parse(recordedAt);
  const isKnown = rest.v === 1 && (marking === 'inherit' || isLevel(marking)) && Number.isInteger(schemaVersion);
  if (!isKnown || new Date(time).toISOString() !== recordedAt || !sealHolds(facts, parts, seal)) return undefined;
  return { facts, recordedAt: time, body: Buffer.from(parts.body), seal, ...amendmentIn(data as Data) };
}

/** By its shape alone: the log knows no types. */
export function amendmentIn({ content, refs }: Pick<Data, 'content' | 'refs'>): Amendment {
  const target = refs['data.target'];
  const data = content['data'] as { marking?: unknown; content?: { type?: unknown } } | undefined;
  if (typeof target !== 'string') return {};
  const contentType = data?.content?.type;
  return {
    target,
    ...(isLevel(data?.marking) && { marks: data.marking }),
    ...(typeof contentType === 'string' && { contentType }),
  };
}

const isLevel = (value: unknown): value is Level => LEVELS.includes(value as Level);

const NOBODY: RecordedBy = { principal: '', instance: '', build: '' };

/**
 * Another writer's event: it has a position and a leaf, nobody below RED sees it, and no view can read it, so that
 * somebody looks.
 */
function foreign({ stream, revision, id, type, data, metadata, created }: RecordedEvent): OpenedEvent {
  const facts: EnvelopeFacts = {
    stream,
    revision,
    id,
    type,
    recordedAt: new Date(created).toISOString(),
    marking: 'RED',
    schemaVersion: 0,
    recordedBy: NOBODY,
    correlationId: id,
  };
  const body = foreignBody(data, metadata);
  const seal = foreignLeaf({ ...facts, recordedAt: created, body });
  return { facts, recordedAt: created, body: Buffer.from(body), seal };
}
