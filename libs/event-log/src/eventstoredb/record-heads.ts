import { randomUUID } from 'node:crypto';
import { v5 as uuidV5 } from 'uuid';
import { LogClosed, OutcomeUnknown, RecordAway, RecordMoved } from '../errors';
import type { HeadEntry, HeadRecord } from '../head-record';
import type { Revision } from '../event-log';
import type { LogReader } from '../sqlite/log-reader';
import { reasonOf } from './append-outcome';
import { movedTo } from './genesis';
import { RecordClient, type RecordOptions } from './record-client';
import { sentHead } from './system-entry';

/** A caller waits no longer than this for a head; the mirror will show what became of the entry. */
const TIMEOUT_MS = 3_000;

/**
 * The stream `crisislog-heads` in EventStoreDB: read from the mirror, appended there. As with events nothing is taken
 * for recorded that comes behind the record's seal.
 */
export class RecordHeads implements HeadRecord {
  private client: RecordClient | undefined;
  /**
   * Ids are made of the entry: sent again it is taken for the same. Of this instance alone: two that sign the same head
   * at once would send one id, and EventStoreDB lets the second wait for its timeout.
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
    // Connected with the first append: an instance that only verifies needs no connection.
    const client = (this.client ??= new RecordClient({ timeoutMs: TIMEOUT_MS, ...this.options }));
    const to = await sealOf(client, RecordAway);
    if (to !== undefined) throw new RecordMoved({ to });
    const sent = sentHead(uuidV5(`${revision} ${note}`, this.ids), note, this.clock());
    const outcome = await client.append('crisislog-heads', revision - 1, [sent]);
    if (outcome.kind === 'conflict') return false;
    if (outcome.kind !== 'stored')
      throw new (outcome.kind === 'unknown' ? OutcomeUnknown : RecordAway)({ reason: outcome.reason });
    // Asked after it was stored: where there is no seal yet, it stands before it. Else the mirror shows whether it
    // does.
    if ((await sealOf(client, OutcomeUnknown)) !== undefined)
      throw new OutcomeUnknown({ reason: 'the record was moved meanwhile' });
    return true;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.client?.close();
  }
}

/** Where the record was moved to; fails in the given way when the record does not answer. */
const sealOf = (record: RecordClient, Failed: typeof RecordAway | typeof OutcomeUnknown): Promise<string | undefined> =>
  movedTo(record).catch((error: unknown) => {
    throw new Failed({ reason: reasonOf(error) });
  });
