import { Command, Option } from 'commander';
import { UsageError } from '../exit-codes';
import { namedRecord } from '../named-record';
import { checkReads, printedReads } from './check-reads';
import { checkMirror, checkRecord, printedCheck, printedMirror } from './check-record';
import { dataDirOption, headsOption } from './data-dir';
import { refusing, report } from './report';
import { printedVerdict, verifyFile } from './verify-file';

interface Flags {
  readonly key?: string;
  readonly record: boolean;
  readonly reads?: string;
  readonly dataDir: string;
  readonly heads?: string;
  readonly json: boolean;
}

export const verifyCommand = (): Command =>
  new Command('verify')
    .description(
      'Verify a bundle, offline; with --record, a data folder against its heads; with --reads, a log of RED reads.',
    )
    .argument('[bundle]', 'the file that GET /v1/audit/bundle gave')
    .option('--key <file>', 'public keys that you trust, from elsewhere than the bundle')
    .option(
      '--record',
      'recompute the log in --data-dir, every event of it; where EVENTSTOREDB_URL(_FILE) is set, also read EventStoreDB and compare',
      false,
    )
    .option('--reads <file>', 'follow the chain of ACCESS_LOG, every line of it')
    .addOption(dataDirOption())
    .addOption(
      headsOption('with --record, HEADS_FILE; with a bundle, also the file of a monitor: what was seen before'),
    )
    .addOption(new Option('--json', 'report as JSON').default(false))
    .action(runVerify);

async function runVerify(bundle: string | undefined, flags: Flags): Promise<void> {
  const asked = [bundle, flags.record || undefined, flags.reads].filter((each) => each !== undefined);
  if (asked.length !== 1) throw new UsageError('name a bundle, or say --record, or --reads with a file');
  if (bundle !== undefined && flags.key === undefined) throw new UsageError('--key names the public keys you trust');
  await refusing(flags, async () => {
    if (flags.reads !== undefined) report(flags, await checkReads(flags.reads), printedReads);
    else if (bundle === undefined) await verifyRecord(flags);
    else report(flags, await verifyFile(bundle, { key: flags.key!, heads: flags.heads }), printedVerdict);
  });
}

async function verifyRecord(flags: Flags): Promise<void> {
  const record = namedRecord();
  if (record === undefined) return report(flags, await checkRecord(flags), printedCheck);
  report(flags, await checkMirror(flags, record), printedMirror);
}
