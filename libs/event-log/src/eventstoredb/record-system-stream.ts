import { randomUUID } from 'node:crypto';
import { OutcomeUnknown, RecordAway, RecordMoved } from '../errors';
import type { Revision } from '../event-log';
import type { SystemEntry, SystemStreamName } from '../sqlite/system-stream';
import { reasonOf } from './append-outcome';
import { definiteAppend } from './definite-append';
import { movedTo } from './genesis';
import { RecordClient, type RecordOptions } from './record-client';
import { sentEntry, systemEntry } from './system-entry';

const REPETITION = { attempts: 10, pauseMs: 500 };

/**
 * A system stream in EventStoreDB, for whoever has no mirror of it. Other instances see an entry when their mirror
 * does.
 */
export class RecordSystemStream implements AsyncDisposable {
  private readonly entries: SystemEntry[] = [];

  private constructor(
    private readonly record: RecordClient,
    private readonly name: SystemStreamName,
  ) {}

  /** Throws RecordAway where the record cannot be reached, RecordMoved where it is elsewhere now. */
  static async open(options: RecordOptions, name: SystemStreamName): Promise<RecordSystemStream> {
    const stream = new RecordSystemStream(new RecordClient(options), name);
    try {
      const to = await movedTo(stream.record);
      if (to !== undefined) throw new RecordMoved({ to });
      await stream.readOn();
      return stream;
    } catch (error) {
      await stream.close();
      throw error instanceof RecordMoved ? error : new RecordAway({ reason: reasonOf(error) });
    }
  }

  /**
   * Durable when it resolves to true; false when the stream's last revision is not `last`: `readAfter` has what came.
   * Throws RecordAway only where nothing can have been stored.
   */
  async append(entry: object, last: Revision, now: number): Promise<boolean> {
    const sent = sentEntry(randomUUID(), entry, now);
    const isStored = await definiteAppend(this.record, this.name, last, [sent], REPETITION);
    await this.readOn();
    // Asked after it was stored: where there is no seal yet, it stands before it.
    if (isStored && (await movedTo(this.record)) !== undefined)
      throw new OutcomeUnknown({ reason: 'the record was moved meanwhile' });
    return isStored;
  }

  /** As far as it was read: at the start and after each append. */
  readAfter(revision: Revision): SystemEntry[] {
    return this.entries.slice(revision + 1);
  }

  close(): Promise<void> {
    return this.record.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private async readOn(): Promise<void> {
    const events = await this.record.readStream(this.name, this.entries.length);
    this.entries.push(...events.map(systemEntry));
  }
}
