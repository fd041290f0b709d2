import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { OutcomeUnknown, RecordAway, RecordMoved } from '../errors';
import type { Revision } from '../event-log';
import type { SystemEntry, SystemStreamName } from '../sqlite/system-stream';
import { reasonOf } from './append-outcome';
import { movedTo } from './genesis';
import { RecordClient, type RecordOptions } from './record-client';
import { sentEntry, systemEntry } from './system-entry';

const ATTEMPTS = 10;
const PAUSE_MS = 500;

/** A system stream in EventStoreDB, for whoever has no mirror of it. Other instances see an entry when their mirror does. */
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
    let isUnknown = false;
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.record.append(this.name, last, [sent]);
      if (outcome.kind === 'stored' || outcome.kind === 'conflict') {
        await this.readOn();
        if (outcome.kind === 'conflict') return false;
        // Asked after it was stored: where there is no seal yet, it stands before it.
        if ((await movedTo(this.record)) !== undefined)
          throw new OutcomeUnknown({ reason: 'the record was moved meanwhile' });
        return true;
      }
      // The same again, until it is known what became of it.
      isUnknown ||= outcome.kind === 'unknown';
      if (outcome.kind === 'refused' || attempt === ATTEMPTS)
        throw new (isUnknown ? OutcomeUnknown : RecordAway)({ reason: outcome.reason });
      await sleep(PAUSE_MS);
    }
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
