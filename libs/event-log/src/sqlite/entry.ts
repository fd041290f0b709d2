import { dataIn, dataOf, type EnvelopeFacts, leafOf, metadataIn, metadataOf } from '../envelope';
import type { StoredEvent } from '../event-log';
import { foreignOf, isForeign } from '../foreign';

/** An event as EventStoreDB would hold it, and its leaf in the Merkle log. */
export interface Envelope {
  readonly data: string;
  readonly metadata: string;
  readonly leaf: Buffer;
}

/** Everything that is stored of an event: with its seal, and the columns that decisions are made from. */
export interface Entry {
  readonly event: StoredEvent;
  /** Salts, contentHash and commitments, one after the other; of another writer's event its leaf. */
  readonly seal: Uint8Array;
  readonly target: string | undefined;
  readonly marks: string | undefined;
  readonly contentType: string | undefined;
}

export const envelopeOf = (event: StoredEvent, sealed: Uint8Array): Envelope =>
  isForeign(sealed)
    ? { ...foreignOf(event.body), leaf: Buffer.from(sealed) }
    : { data: dataOf(event.body, sealed), metadata: metadataOf(factsOf(event), sealed), leaf: leafOf(sealed) };

/** `data` and `metadata` of the stored format as a client of EventStoreDB would parse them. */
export const parsedEnvelope = ({ event, seal }: Entry): { readonly data: unknown; readonly metadata: unknown } => ({
  data: dataIn(event.body, seal),
  metadata: metadataIn(factsOf(event), seal),
});

let [lastTime, lastTimeText] = [NaN, ''];

/** What the envelope says of a stored event. The text of the time is kept: the events of a group share it. */
export function factsOf(event: StoredEvent): EnvelopeFacts {
  const { stream, revision, id, type, marking, schemaVersion, contentSchemaVersion } = event;
  const { recordedBy, correlationId, causationId } = event;
  if (event.recordedAt !== lastTime) {
    lastTimeText = new Date(event.recordedAt).toISOString();
    lastTime = event.recordedAt;
  }
  const recordedAt = lastTimeText;
  return {
    ...{ stream, revision, id, type, recordedAt, marking, schemaVersion, contentSchemaVersion },
    ...{ recordedBy, correlationId, causationId },
  };
}
