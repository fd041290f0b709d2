import { randomUUID } from 'node:crypto';
import { v5 as uuidV5 } from 'uuid';
import { LogClosed, OutcomeUnknown, RecordAway } from '../errors';
import type { HeadEntry, HeadRecord } from '../head-record';
import type { Revision } from '../event-log';
import type { LogReader } from '../sqlite/log-reader';
import { RecordClient, type RecordOptions } from './record-client';
import { sentHead } from './system-entry';

/** Whoever waits for a head is not kept waiting longer: what becomes of the entry then, the mirror shows. */
const TIMEOUT_MS = 3_000;

/** The stream `crisislog-heads` in EventStoreDB: read from the mirror, appended there. */
export class RecordHeads implements HeadRecord {
  private client: RecordClient | undefined;
  /**
   * Ids are made of the entry: sent again it is taken for the same. Of this instance alone: two that sign the same head at
   * once would send one id, and EventStoreDB lets the second wait for its timeout.
   */
  private readonly ids = randomUUID();
  private isClosed = false;

  constructor(
    private readonly reader: LogReader,
    private readonly options: RecordOptions,
    private readonly clock: () => number = Date.now,
  ) {}

  readFrom(revision: Revision): Iterable<HeadEntry> {
    return this.reader.mirroredHeads(revision);
  }

  async append({ revision, note }: HeadEntry): Promise<boolean> {
    if (this.isClosed) throw new LogClosed({ reason: 'by its owner' });
    const stream = 'crisislog-heads';
    // Who only verifies has no connection.
    this.client ??= new RecordClient({ timeoutMs: TIMEOUT_MS, ...this.options });
    const sent = sentHead(uuidV5(`${revision} ${note}`, this.ids), note, this.clock());
    const outcome = await this.client.append(stream, revision - 1, [sent]);
    if (outcome.kind === 'stored') return true;
    if (outcome.kind === 'conflict') return false;
    throw new (outcome.kind === 'unknown' ? OutcomeUnknown : RecordAway)({ reason: outcome.reason });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.client?.close();
  }
}
