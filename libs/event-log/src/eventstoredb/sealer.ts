import { bodyOf } from '../element';
import { dataOfParts, type EnvelopeFacts, metadataOf, saltPool, seal } from '../envelope';
import type { RecordedBy, Revision } from '../event-log';
import type { SentEvent } from './record-client';
import type { IncomingEvent } from './waiting';

export interface Sealed extends SentEvent {
  readonly seal: Buffer;
}

/** Puts events into the stored format. */
export class Sealer {
  private readonly nextSalts = saltPool();
  private last: RecordedBy = { principal: '', instance: '', build: '' };

  constructor(
    private readonly identity: Omit<RecordedBy, 'principal'>,
    private readonly clock: () => number,
  ) {}

  /** One object for each: what is hashed of them is kept by object. */
  private recorder(principal: string): RecordedBy {
    if (this.last.principal !== principal) this.last = { ...this.identity, principal };
    return this.last;
  }

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
      recordedBy: this.recorder(principal),
      correlationId,
      causationId,
    };
    const parts = bodyOf(event.element);
    const sealed = seal(facts, parts, event.proposed.contentHash, this.nextSalts());
    return { id, type, data: dataOfParts(parts, sealed), metadata: metadataOf(facts, sealed), seal: sealed };
  }
}
