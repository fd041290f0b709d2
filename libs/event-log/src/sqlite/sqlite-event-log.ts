import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AppendedEvent, AppendRequest, EventLog, Outcome } from '../event-log';
import { HeadSignal } from '../head-signal';
import { LocalReads } from '../local-reads';
import { ConsumerStreams } from './consumer-streams';
import { LogReader, openReader } from './log-reader';
import { takeOwnerLock } from './owner-lock';
import { LOG_FILE } from './schema';
import { WriterClient } from './writer-client';

export interface SqliteLogOptions {
  /** Made where it is missing. One owner at a time; on a local disk. */
  readonly dataDir: string;
  /** Who records: this process and its build, stored with every event. */
  readonly instance: string;
  readonly build: string;
  /** Name of the log in its tree heads; settled when the log is made. Default: made of its logId. */
  readonly origin?: string;
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly clock?: () => number;
}

/** The embedded record: one SQLite file, written by one thread, read on connections of its own. */
export class SqliteEventLog extends LocalReads implements EventLog {
  /** The stream of heads lies with the tree: whoever keeps that has it. */
  readonly heads = undefined;
  private closing: Promise<void> | undefined;

  private constructor(
    readonly logId: string,
    reader: LogReader,
    /** Durable in the same transactions as the events. */
    readonly consumers: ConsumerStreams,
    private readonly writer: WriterClient,
    signal: HeadSignal,
    /** What is to be closed when the log is. */
    private readonly parts: AsyncDisposableStack,
  ) {
    super(reader, signal);
  }

  static async open({ dataDir, instance, build, origin, clock = Date.now }: SqliteLogOptions): Promise<SqliteEventLog> {
    mkdirSync(dataDir, { recursive: true });
    await using parts = new AsyncDisposableStack();
    parts.use(takeOwnerLock(dataDir));
    const signal = new HeadSignal();
    const options = { file: join(dataDir, LOG_FILE), instance, build, origin };
    // The writer is closed after the readers: the last connection that may write moves the WAL into the file.
    const writer = parts.adopt(await WriterClient.start(options, clock, (head) => signal.advance(head)), (its) =>
      its.end(),
    );
    const reader = parts.use(openReader(dataDir));
    signal.advance(reader.head());
    const consumers = parts.use(new ConsumerStreams(options.file, writer));
    parts.defer(() => signal.end());
    return new SqliteEventLog(reader.genesis().logId, reader, consumers, writer, signal, parts.move());
  }

  append(request: AppendRequest): Promise<readonly AppendedEvent[]> {
    return this.writer.append(request);
  }

  appendEach(request: AppendRequest): Promise<readonly Outcome[]> {
    return this.writer.appendEach(request);
  }

  /** Is anything accepted that is not answered yet? */
  get isAppending(): boolean {
    return this.writer.isAppending;
  }

  /** Whether the last write went well; the next append tries again all the same. */
  writing(): { readonly ok: boolean; readonly reason?: string } {
    const { trouble } = this.writer;
    return trouble === undefined ? { ok: true } : { ok: false, reason: trouble };
  }

  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private async end(): Promise<void> {
    await this.writer.drain();
    await this.parts.disposeAsync();
  }
}

export const openSqliteLog = (options: SqliteLogOptions): Promise<SqliteEventLog> => SqliteEventLog.open(options);
