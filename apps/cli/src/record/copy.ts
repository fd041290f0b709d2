import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { EventLogError, openRecordHeads, type RecordOptions } from '#event-log';
import { copyFromRecord, copyToRecord } from '#event-log/eventstoredb';
import { LedgerStore, Notary, RecordFault } from '#notary';
import { checkRecord } from '../audit/check-record';
import { dataDirOption, headsOption } from '../audit/data-dir';
import { UsageError } from '../exit-codes';
import { namedRecord } from '../named-record';

interface Flags {
  readonly dataDir: string;
  readonly heads?: string;
  readonly back: boolean;
}

export const copyCommand = (): Command =>
  new Command('copy')
    .description(
      'Move the record in a data folder to the EventStoreDB that EVENTSTOREDB_URL(_FILE) names, or back: the same log, to the byte. Running it again continues.',
    )
    .addOption(dataDirOption())
    .addOption(headsOption())
    .option('--back', 'from EventStoreDB into the data folder, which is empty or a mirror', false)
    .addHelpText('after', '\nStop every server first. Exit codes: 0 moved, 1 refused, 2 wrong usage.')
    .action(async (flags: Flags) => {
      const record = namedRecord();
      if (record === undefined)
        throw new UsageError('EVENTSTOREDB_URL or EVENTSTOREDB_URL_FILE names the other record');
      console.log(await copyRecordTo(flags, record));
    });

/** What was done, in a sentence. Every event is recomputed before, and read back and compared after. */
export async function copyRecordTo({ dataDir, heads, back }: Flags, record: RecordOptions): Promise<string> {
  const place = { dataDir, ...(heads !== undefined && { heads }) };
  try {
    if (back) {
      const { events } = await copyFromRecord({ dataDir, record }, (mirror) => {
        // Verifies every head against the mirror, and keeps the stream where an embedded record has it.
        const heads = openRecordHeads(mirror, record);
        Notary.open({ dataDir, reader: mirror, headsFile: place.heads, record: heads }).close();
      });
      await checkRecord(place);
      return `${dataDir} is the record now, with ${events} events; the one in EventStoreDB is sealed.`;
    }
    if (!existsSync(join(dataDir, 'log.sqlite'))) throw new UsageError(`there is no log in ${dataDir}`);
    await checkRecord(place);
    const store = LedgerStore.open(dataDir);
    const notes = store.notes();
    store.close();
    const { events, keys, heads: entries } = await copyToRecord({ dataDir, record }, notes);
    return `EventStoreDB is the record now, with ${events} events, ${keys} keys and ${entries} entries of heads; ${dataDir} is a mirror of it.`;
  } catch (error) {
    if (error instanceof EventLogError || error instanceof RecordFault) throw new CopyRefused(error.message);
    throw error;
  }
}

/** Told in one sentence; nothing was changed that a repetition would not go on with. */
export class CopyRefused extends Error {}
