import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ConsumerAppend, ConsumerRecord } from '../consumer-record';
import type { Revision } from '../event-log';
import { openForReading } from './schema';
import type { SystemEntry } from './system-stream';
import type { WriterClient } from './writer-client';

/**
 * The streams of named consumers in an embedded log: appended by its one writer, together with events, and read here.
 */
export class ConsumerStreams implements ConsumerRecord, Disposable {
  private readonly db: DatabaseSync;
  private readonly after: StatementSync;

  constructor(
    file: string,
    private readonly writer: WriterClient,
  ) {
    this.db = openForReading(file);
    this.after = this.db.prepare(
      'select revision, recorded_at, entry from crisislog_consumer where stream = ? and revision > ? order by revision',
    );
  }

  append(append: ConsumerAppend): Promise<boolean> {
    return this.writer.appendEntries(append);
  }

  async readAfter(stream: string, revision: Revision): Promise<readonly SystemEntry[]> {
    return this.after.all(stream, revision).map((row) => ({
      revision: row['revision'] as number,
      recordedAt: row['recorded_at'] as number,
      entry: JSON.parse(row['entry'] as string) as unknown,
    }));
  }

  close(): void {
    this.db.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
