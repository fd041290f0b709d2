import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { RecordAway } from '../errors';
import type { AppendedEvent, AppendRequest, EventLog, Outcome } from '../event-log';
import { HeadSignal } from '../head-signal';
import { LocalReads } from '../local-reads';
import { LogReader, openReader } from '../sqlite/log-reader';
import { takeOwnerLock } from '../sqlite/owner-lock';
import { Genesis, LOG_FILE, openMirrorForWriting } from '../sqlite/schema';
import type { SqliteLogOptions } from '../sqlite/sqlite-event-log';
import { Appender } from './appender';
import { reasonOf } from './append-outcome';
import { ClockCheck } from './clock-check';
import { genesisOf } from './genesis';
import { Mirror, MirrorHealth } from './mirror';
import { MirrorFile } from './mirror-file';
import { RecordClient, type RecordOptions } from './record-client';
import { RecordConsumers } from './record-consumers';
import { RecordHeads } from './record-heads';
import { Sealer } from './sealer';

export interface EventStoreLogOptions extends SqliteLogOptions, RecordOptions {
  /** By which an append is answered, milliseconds; then with OutcomeUnknown or RecordAway. */
  readonly deadlineMs?: number;
  /** By which this clock and the record's may differ. */
  readonly clockToleranceMs?: number;
}

const DEADLINE_MS = 10_000;

/** The record in EventStoreDB: appends go there, reads come from a mirror in the data folder. */
export class EventStoreLog extends LocalReads implements EventLog {
  private closing: Promise<void> | undefined;

  private constructor(
    readonly logId: string,
    reader: LogReader,
    /** In EventStoreDB, read from there: what one instance appends the next one sees at once. */
    readonly consumers: RecordConsumers,
    /** Of this instance's mirror; appended to in EventStoreDB. */
    readonly heads: RecordHeads,
    private readonly mirror: Mirror,
    private readonly appender: Appender,
    signal: HeadSignal,
    /** What is to be closed when the log is. */
    private readonly parts: AsyncDisposableStack,
  ) {
    super(reader, signal);
  }

  /**
   * Resolves when the mirror holds the whole record, or, where there is a mirror already, when the record cannot be
   * reached. Throws RecordAway when there is neither.
   */
  static async open(options: EventStoreLogOptions): Promise<EventStoreLog> {
    const { dataDir, instance, build, clock = Date.now, deadlineMs = DEADLINE_MS } = options;
    mkdirSync(dataDir, { recursive: true });
    await using parts = new AsyncDisposableStack();
    parts.use(takeOwnerLock(dataDir));
    const record = parts.use(new RecordClient(options));
    const genesis = await genesisOf(record, options.origin).catch((error: unknown) => pinned(dataDir, error));
    const file = new MirrorFile(parts.use(openMirrorForWriting(join(dataDir, LOG_FILE), genesis)));
    const reader = parts.use(openReader(dataDir));
    const signal = parts.adopt(new HeadSignal(), (its) => its.end());
    signal.advance(file.head);
    const mirror = parts.use(new Mirror(record, file, genesis.logId, signal));
    const clockCheck = new ClockCheck(record, clock, options.clockToleranceMs);
    const sealer = new Sealer({ instance, build }, clock);
    const appender = new Appender({ record, mirror, sealer }, clockCheck, deadlineMs);
    mirror.start();
    await Promise.all([mirror.settled, clockCheck.run()]);
    const consumers = new RecordConsumers(record, clock);
    const heads = new RecordHeads(reader, options, clock);
    return new EventStoreLog(genesis.logId, reader, consumers, heads, mirror, appender, signal, parts.move());
  }

  append(request: AppendRequest): Promise<readonly AppendedEvent[]> {
    return this.appender.append(request);
  }

  appendEach(request: AppendRequest): Promise<readonly Outcome[]> {
    return this.appender.appendEach(request);
  }

  /** Is anything accepted here that is not answered yet? */
  get isAppending(): boolean {
    return this.appender.isAppending;
  }

  /** Whether appends are likely to be taken; the next one tries all the same. */
  writing(): { readonly ok: boolean; readonly reason?: string } {
    const { state, reason = state } = this.mirror.health();
    const trouble = this.appender.trouble()?.message ?? (state === 'away' ? reason : undefined);
    return trouble === undefined ? { ok: true } : { ok: false, reason: trouble };
  }

  mirrored(): MirrorHealth {
    return this.mirror.health();
  }

  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private async end(): Promise<void> {
    this.consumers.close();
    // At once: whoever appends from now on is refused, while what was accepted is finished.
    await Promise.all([this.heads.close(), this.appender.close()]);
    await this.parts.disposeAsync();
  }
}

/** While the record is away, the one that the data folder mirrors is served. */
function pinned(dataDir: string, away: unknown): Genesis {
  using reader = openMirror(dataDir);
  if (!reader?.isMirror()) throw new RecordAway({ reason: reasonOf(away) });
  return reader.genesis();
}

function openMirror(dataDir: string): LogReader | undefined {
  try {
    return openReader(dataDir);
  } catch {
    return undefined;
  }
}

export const openEventStoreLog = (options: EventStoreLogOptions): Promise<EventStoreLog> => EventStoreLog.open(options);
