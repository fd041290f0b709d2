import { Command, Option } from 'commander';
import { Refusal } from '#ledger';
import { RecordFault } from '#notary';
import { EXIT, UsageError } from '../exit-codes';
import { checkRecord, printedCheck } from './check-record';
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
    .option('--record', 'recompute the log in --data-dir, every event of it', false)
    .addOption(dataDirOption())
    .addOption(headsOption())
    .addOption(new Option('--json', 'report as JSON').default(false))
    .addHelpText('after', '\nExit codes: 0 verified, 1 refused, 2 wrong usage.')
    .action(runVerify);

async function runVerify(bundle: string | undefined, flags: Flags): Promise<void> {
  if ((bundle === undefined) !== flags.record) throw new UsageError('name a bundle, or say --record');
  if (bundle !== undefined && flags.key === undefined) throw new UsageError('--key names the public keys you trust');
  try {
    if (bundle === undefined) return report(flags, await checkRecord(flags), printedCheck);
    report(flags, await verifyFile(bundle, flags.key!), printedVerdict);
  } catch (error) {
    if (!(error instanceof Refusal) && !(error instanceof RecordFault)) throw error;
    report(flags, refusalOf(error), () => `REFUSED: ${error.message}`);
    process.exitCode = EXIT.refused;
  }
}

function report<T extends object>({ json }: Flags, result: T, print: (result: T) => string): void {
  console.log(json ? JSON.stringify(result, hashesAsText, 2) : print(result));
}

const refusalOf = (error: Refusal | RecordFault): object =>
  error instanceof Refusal
    ? { refused: error.reason, detail: error.detail, ...error.where }
    : { refused: error.kind, detail: error.detail, position: error.position, to: error.to };

const hashesAsText = (_name: string, value: unknown): unknown => {
  const bytes =
    (value as { type?: string; data?: number[] } | null)?.type === 'Buffer'
      ? (value as { data: number[] }).data
      : value;
  return bytes !== value || value instanceof Uint8Array ? Buffer.from(bytes as number[]).toString('base64') : value;
};
