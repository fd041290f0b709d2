import { Command } from 'commander';
import { setUpRecord } from '#event-log/eventstoredb';
import { UsageError } from '../exit-codes';
import { isRefusedByLog, namedRecord } from '../named-record';

export const setupCommand = (): Command =>
  new Command('setup')
    .description(
      'Prepare an EventStoreDB for a log, once, as its administrator: the identity of the record, and what the user of the servers may do.',
    )
    .requiredOption('--user <name>', 'whom the servers will be there; made with the tools of EventStoreDB')
    .option('--origin <name>', 'the name of a new log in its tree heads, a URL without a scheme')
    .action(async ({ user, origin }: { readonly user: string; readonly origin?: string }) => {
      const record = namedRecord();
      if (record === undefined) throw new UsageError('EVENTSTOREDB_URL or EVENTSTOREDB_URL_FILE names the server');
      try {
        const genesis = await setUpRecord(record, user, origin);
        console.log(`The record is ${genesis.logId}, named ${genesis.origin}.`);
        console.log(`${user} reads $all, reads and writes streams, and deletes and sets nothing.`);
      } catch (error) {
        throw isRefusedByLog(error) ? new UsageError(error.message) : error;
      }
    });
