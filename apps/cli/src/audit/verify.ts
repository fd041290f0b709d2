import { Command, Option } from 'commander';
import { EventLogError, type RecordOptions } from '#event-log';
import { Refusal } from '#ledger';
import { RecordFault } from '#notary';
import { EXIT, UsageError } from '../exit-codes';
import { namedRecord } from '../named-record';
import { checkMirror, checkRecord, printedCheck, printedMirror } from './check-record';
import { dataDirOption, headsOption } from './data-dir';
import { printedVerdict, verifyFile } from './verify-file';

interface Flags {
  readonly key?: string;
  readonly record: boolean;
  readonly dataDir: string;
  readonly heads?: string;
  readonly json: boolean;
}

export const verifyCommand = (): Command =>
  new Command('verify')
    .description('Verify a bundle, offline; or, with --record, a data folder against its heads.')
    .argument('[bundle]', 'the file that GET /v1/audit/bundle gave')
    .option('--key <file>', 'public keys that you trust, from elsewhere than the bundle')
    .option(
      '--record',
      'recompute the log in --data-dir, every event of it; where EVENTSTOREDB_URL(_FILE) is set, also read EventStoreDB and compare',
      false,
    )
    .addOption(dataDirOption())
    .addOption(headsOption())
    .addOption(new Option('--json', 'report as JSON').default(false))
    .addHelpText('after', '\nExit codes: 0 verified, 1 refused, 2 wrong usage.')
    .action(runVerify);

async function runVerify(bundle: string | undefined, flags: Flags): Promise<void> {
  if ((bundle === undefined) !== flags.record) throw new UsageError('name a bundle, or say --record');
  if (bundle !== undefined && flags.key === undefined) throw new UsageError('--key names the public keys you trust');
  try {
    if (bundle === undefined) return await verifyRecord(flags, namedRecord());
    report(flags, await verifyFile(bundle, flags.key!), printedVerdict);
  } catch (error) {
    if (![Refusal, RecordFault, EventLogError].some((kind) => error instanceof kind)) throw error;
    report(flags, refusalOf(error as Refused), () => `REFUSED: ${(error as Error).message}`);
    process.exitCode = EXIT.refused;
  }
}

async function verifyRecord(flags: Flags, record: RecordOptions | undefined): Promise<void> {
  if (record === undefined) return report(flags, await checkRecord(flags), printedCheck);
  report(flags, await checkMirror(flags, record), printedMirror);
}

function report<T extends object>({ json }: Flags, result: T, print: (result: T) => string): void {
  console.log(json ? JSON.stringify(result, hashesAsText, 2) : print(result));
}

type Refused = Refusal | RecordFault | EventLogError;

function refusalOf(error: Refused): object {
  if (error instanceof Refusal) return { refused: error.reason, detail: error.detail, ...error.where };
  if (error instanceof EventLogError) return { refused: error.type, detail: error.message };
  return { refused: error.kind, detail: error.detail, position: error.position, to: error.to };
}

const hashesAsText = (_name: string, value: unknown): unknown => {
  const bytes =
    (value as { type?: string; data?: number[] } | null)?.type === 'Buffer'
      ? (value as { data: number[] }).data
      : value;
  return bytes !== value || value instanceof Uint8Array ? Buffer.from(bytes as number[]).toString('base64') : value;
};
