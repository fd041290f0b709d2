import { Command } from 'commander';
import { type LogReader, openRecordHeads, type RecordOptions } from '#event-log';
import { copyFromRecord, copyToRecord } from '#event-log/eventstoredb';
import { LedgerStore, Notary, RecordFault } from '#notary';
import { checkRecord } from '../audit/check-record';
import { dataDirOption, headsOption, requireLog } from '../audit/data-dir';
import { UsageError } from '../exit-codes';
import { type Progress, showProgress } from '../progress';
import { isRefusedByLog, namedRecord } from '../named-record';

interface Flags {
  readonly dataDir: string;
  readonly heads?: string;
  readonly back: boolean;
  /** What clients of instances that still run on the old record are told. */
  readonly movedTo?: string;
}

export const copyCommand = (): Command =>
  new Command('copy')
    .description(
      'Move the record in a data folder to the EventStoreDB that EVENTSTOREDB_URL(_FILE) names, or back: the same log, to the byte. Running it again continues.',
    )
    .addOption(dataDirOption())
    .addOption(headsOption())
    .option('--back', 'from EventStoreDB into the data folder, which is empty or a mirror', false)
    .option('--moved-to <text>', 'with --back: where clients of servers that still run shall go, such as a URL')
    .addHelpText(
      'after',
      '\nStop every server first: those that run only read afterwards. Exit codes: 0 moved, 1 refused, 2 wrong usage, 3 EventStoreDB cannot be reached.',
    )
    .action(async (flags: Flags) => {
      const record = namedRecord();
      if (record === undefined)
        throw new UsageError('EVENTSTOREDB_URL or EVENTSTOREDB_URL_FILE names the other record');
      console.log(await copyShown(flags, record));
    });

async function copyShown(flags: Flags, record: RecordOptions): Promise<string> {
  using progress = new CopyProgress(flags.back ? 'events compared' : 'events copied');
  return await copyRecordTo(flags, record, (count, total) => progress.show(count, total));
}

/** Resolves with a sentence about what was done. Every event is recomputed before, and read back and compared after. */
export async function copyRecordTo(
  { dataDir, heads, back, movedTo }: Flags,
  record: RecordOptions,
  onEvent: (count: number, total: number) => void = () => undefined,
): Promise<string> {
  const place = { dataDir, ...(heads !== undefined && { heads }) };
  try {
    if (back) {
      const keepHeads = (mirror: LogReader): void => {
        // Verifies every head against the mirror, and keeps the stream where an embedded record has it.
        const heads = openRecordHeads(mirror, record);
        Notary.open({ dataDir, reader: mirror, headsFile: place.heads, record: heads }).close();
      };
      const to = movedTo === undefined ? {} : { movedTo };
      const { events } = await copyFromRecord({ dataDir, record, onEvent, keepHeads, ...to });
      await checkRecord(place);
      return `${dataDir} is the record now, with ${events} events; the one in EventStoreDB is sealed.`;
    }
    requireLog(dataDir);
    await checkRecord(place);
    const readHeads = () => {
      using store = LedgerStore.open(dataDir);
      return store.notes();
    };
    const { events, keys, heads: entries } = await copyToRecord({ dataDir, record, onEvent }, readHeads);
    return `EventStoreDB is the record now, with ${events} events, ${keys} keys and ${entries} entries of heads; ${dataDir} is a mirror of it.`;
  } catch (error) {
    if (isRefusedByLog(error) || error instanceof RecordFault) throw new CopyRefused(error.message);
    throw error;
  }
}

/** A progress that begins with the first event: only then is the total known. */
class CopyProgress implements Disposable {
  private shown: Progress | undefined;

  constructor(private readonly what: string) {}

  show(count: number, total: number): void {
    this.shown ??= showProgress(total, process.stderr, this.what);
    this.shown.update(count, count);
  }

  [Symbol.dispose](): void {
    this.shown?.[Symbol.dispose]();
  }
}

/** The message is one sentence. Whatever was done already, running the command again goes on from there. */
export class CopyRefused extends Error {}
