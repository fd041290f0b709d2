import { DatabaseSync } from 'node:sqlite';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { EventLogError, Failure, LogDamaged, toError, toFailure } from '../errors';
import type { Position } from '../event-log';
import { checkTail } from './check-tail';
import { Identity, LogWriter } from './log-writer';
import { openForWriting } from './schema';
import type { WireGroup, WireReply } from './wire';

export interface WriterOptions extends Identity {
  readonly file: string;
  readonly origin: string | undefined;
  readonly now: number;
}

/** First message to the owner: open, or why not. */
export type Opening = { readonly opened: true } | { readonly failure: Failure } | { readonly error: Error };

type Stop = 'storage-full' | 'outcome-unknown' | 'writing-stopped';

const SQLITE_FULL = 13;
/** SQLITE_CORRUPT, SQLITE_NOTADB. */
const DAMAGE: ReadonlySet<number> = new Set([11, 26]);
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/**
 * The writer with its failures. A full disk is definite. After any other failure nobody knows what reached the disk:
 * writing stops, and goes on only when the file has been opened anew and its end was found sound.
 */
class WriterThread {
  private db: DatabaseSync;
  private writer: LogWriter;
  private acknowledged: Position;
  private stopped: { reason: string; until: number; pauseMs: number } | undefined;

  constructor(private readonly options: WriterOptions) {
    [this.db, this.writer] = this.open();
    this.acknowledged = this.writer.head;
  }

  write(groups: readonly WireGroup[]): WireReply {
    if (this.stopped !== undefined && !this.resume())
      return this.refuse(groups, 'writing-stopped', this.stopped.reason);
    try {
      const reply = this.writer.write(groups);
      this.acknowledged = this.writer.head;
      return reply;
    } catch (error) {
      return this.fail(groups, error as Error & { errcode?: number });
    }
  }

  close(): void {
    this.db.close();
  }

  private open(): [DatabaseSync, LogWriter] {
    const db = openForWriting(this.options.file, this.options.origin, this.options.now);
    try {
      checkTail(db, this.options.file);
      return [db, new LogWriter(db, this.options)];
    } catch (error) {
      db.close();
      throw error;
    }
  }

  private fail(groups: readonly WireGroup[], error: Error & { errcode?: number }): WireReply {
    const reason = error.message;
    try {
      if (this.db.isTransaction) this.db.exec('rollback');
      if (error.errcode !== undefined && (error.errcode & 0xff) === SQLITE_FULL) {
        // A write that finds no room leaves the transaction without its commit record.
        this.writer = new LogWriter(this.db, this.options);
        return this.refuse(groups, 'storage-full', reason);
      }
    } catch {
      // What cannot be rolled back is found out by opening the file again.
    }
    this.stop(reason, FIRST_PAUSE_MS);
    return this.refuse(groups, 'outcome-unknown', reason);
  }

  private stop(reason: string, pauseMs: number): void {
    this.stopped = { reason, until: performance.now() + pauseMs, pauseMs };
  }

  /** Nothing acknowledged may be missing from what is found again. */
  private resume(): boolean {
    const { until, pauseMs } = this.stopped!;
    if (performance.now() < until) return false;
    try {
      if (this.db.isOpen) this.db.close();
      [this.db, this.writer] = this.open();
      if (this.writer.head < this.acknowledged) {
        const reason = `it ends at position ${this.writer.head}, acknowledged was ${this.acknowledged}`;
        throw new LogDamaged({ file: this.options.file, reason });
      }
      this.stopped = undefined;
      return true;
    } catch (error) {
      this.stop((error as Error).message, Math.min(pauseMs * 2, LONGEST_PAUSE_MS));
      return false;
    }
  }

  private refuse(groups: readonly WireGroup[], type: Stop, reason: string): WireReply {
    const failure = { type, reason };
    // Not the writer's head: after a failure it counts what was not committed.
    return {
      outcomes: groups.flatMap(({ appends }) => appends.map(() => failure)),
      firstPosition: this.acknowledged + 1,
      recordedAt: 0,
      trouble: toError(failure).message,
    };
  }
}

function open(options: WriterOptions): WriterThread | undefined {
  const answer = (opening: Opening) => parentPort!.postMessage(opening);
  try {
    const thread = new WriterThread(options);
    answer({ opened: true });
    return thread;
  } catch (error) {
    answer(whyNotOpened(error as Error & { errcode?: number }, options.file));
    return undefined;
  }
}

function whyNotOpened(error: Error & { errcode?: number }, file: string): Opening {
  if (error instanceof EventLogError) return { failure: toFailure(error) };
  if (error.errcode !== undefined && DAMAGE.has(error.errcode & 0xff))
    return { failure: { type: 'log-damaged', file, reason: error.message } };
  return { error };
}

const thread = open(workerData as WriterOptions);

/** Everything that has arrived by now makes one transaction, with one flush of the disk. */
function withAllThatWait(first: WireGroup): WireGroup[] {
  const groups = [first];
  for (let next = receiveMessageOnPort(parentPort!); next !== undefined; next = receiveMessageOnPort(parentPort!)) {
    groups.push(next.message as WireGroup);
  }
  return groups;
}

// null closes, and is sent when no group is on its way any more.
parentPort!.on('message', (group: WireGroup | null) => {
  if (group !== null) return parentPort!.postMessage(thread!.write(withAllThatWait(group)));
  thread?.close();
  parentPort!.close();
});
