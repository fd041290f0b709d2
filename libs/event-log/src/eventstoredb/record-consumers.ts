import { randomUUID } from 'node:crypto';
import { type ConsumerAppend, type ConsumerRecord, ENTRIES_KEPT } from '../consumer-record';
import { LogClosed, RecordAway } from '../errors';
import type { Revision } from '../event-log';
import type { SystemEntry } from '../sqlite/system-stream';
import { reasonOf } from './append-outcome';
import { definiteAppend } from './definite-append';
import type { RecordClient, RecordedEvent } from './record-client';
import { sentEntry, systemEntry } from './system-entry';

const REPETITION = { attempts: 3, pauseMs: 250 };

/**
 * The streams `crisislog-consumer-…` in EventStoreDB. No mirror has them: each instance reads them from the leader.
 *
 * The server forgets older entries where the log's user may tell it to. After `setup` it may not; then more stay than
 * are read, until an administrator repeats that.
 */
export class RecordConsumers implements ConsumerRecord {
  private closed: LogClosed | undefined;

  constructor(
    private readonly record: RecordClient,
    private readonly clock: () => number,
  ) {}

  async append({ stream, entries, last }: ConsumerAppend): Promise<boolean> {
    if (this.closed) throw this.closed;
    // Before the first entry, so that the stream always has its bound.
    if (last === -1) await this.bound(stream);
    const sent = entries.map((entry) => sentEntry(randomUUID(), entry, this.clock()));
    return definiteAppend(this.record, stream, last, sent, REPETITION);
  }

  async readAfter(stream: string, revision: Revision): Promise<readonly SystemEntry[]> {
    if (this.closed) throw this.closed;
    try {
      return (await this.read(stream, revision)).map(systemEntry);
    } catch (error) {
      throw new RecordAway({ reason: reasonOf(error) });
    }
  }

  /** Refuses further calls, for which the client would connect anew. */
  close(): void {
    this.closed = new LogClosed({ reason: 'by its owner' });
  }

  /** The last entries are all that is left, whatever the server still holds. */
  private async read(stream: string, revision: Revision): Promise<readonly RecordedEvent[]> {
    const later = revision === -1 ? undefined : await this.record.readStream(stream, revision + 1, ENTRIES_KEPT + 1);
    if (later !== undefined && later.length <= ENTRIES_KEPT) return later;
    return this.record.readEnd(stream, ENTRIES_KEPT);
  }

  private async bound(stream: string): Promise<void> {
    try {
      await this.record.keepOnly(stream, ENTRIES_KEPT);
    } catch (error) {
      throw new RecordAway({ reason: reasonOf(error) });
    }
  }
}
