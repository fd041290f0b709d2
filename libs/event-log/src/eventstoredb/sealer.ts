import { bodyOf } from '../element';
import { dataOfParts, type EnvelopeFacts, metadataOf, saltPool, seal } from '../envelope';
import type { RecordedBy, Revision } from '../event-log';
import { interned } from './interned';
import type { SentEvent } from './record-client';
import type { IncomingEvent } from './waiting';

export interface Sealed extends SentEvent {
  readonly seal: Buffer;
}

/** Puts events into the stored format. */
export class Sealer {
  private readonly nextSalts = saltPool();

  constructor(
    private readonly identity: Omit<RecordedBy, 'principal'>,
    private readonly clock: () => number,
  ) {}

  /** Milliseconds; never before what is known already. */
  now(knownAt: number): number {
    return Math.max(this.clock(), knownAt);
  }

  seal(stream: string, revision: Revision, event: IncomingEvent, principal: string, recordedAt: number): Sealed {
    const { id, type, marking, schemaVersion, contentSchemaVersion, correlationId = id, causationId } = event.sent;
    const facts: EnvelopeFacts = {
      stream,
      revision,
      id,
      type,
      recordedAt: new Date(recordedAt).toISOString(),
      marking,
      schemaVersion,
      contentSchemaVersion,
      recordedBy: interned({ ...this.identity, principal }),
      correlationId,
      causationId,
    };
    const parts = bodyOf(event.element);
    const sealed = seal(facts, parts, event.proposed.contentHash, this.nextSalts());
    return { id, type, data: dataOfParts(parts, sealed), metadata: metadataOf(facts, sealed), seal: sealed };
  }
}
