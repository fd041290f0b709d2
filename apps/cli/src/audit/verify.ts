import { Command, Option } from 'commander';
import { BrokenChain } from '#access';
import { Refusal } from '#ledger';
import { RecordFault } from '#notary';
import { EXIT, UsageError } from '../exit-codes';
import { checkRecord, printedCheck } from './check-record';
import { dataDirOption, headsOption } from './data-dir';
import { checkReads, printedReads } from './check-reads';
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
    .option('--record', 'recompute the log in --data-dir, every event of it', false)
    .option('--reads <file>', 'follow the chain of ACCESS_LOG, every line of it')
    .addOption(dataDirOption())
    .addOption(headsOption())
    .addOption(new Option('--json', 'report as JSON').default(false))
    .addHelpText('after', '\nExit codes: 0 verified, 1 refused, 2 wrong usage.')
    .action(runVerify);

async function runVerify(bundle: string | undefined, flags: Flags): Promise<void> {
  const asked = [bundle, flags.record || undefined, flags.reads].filter((each) => each !== undefined);
  if (asked.length !== 1) throw new UsageError('name a bundle, or say --record, or --reads with a file');
  if (bundle !== undefined && flags.key === undefined) throw new UsageError('--key names the public keys you trust');
  try {
    if (flags.reads !== undefined) return report(flags, await checkReads(flags.reads), printedReads);
    if (bundle === undefined) return report(flags, await checkRecord(flags), printedCheck);
    report(flags, await verifyFile(bundle, flags.key!), printedVerdict);
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof RecordFault || error instanceof BrokenChain)) throw error;
    report(flags, refusalOf(error), () => `REFUSED: ${error.message}`);
    process.exitCode = EXIT.refused;
  }
}

function report<T extends object>({ json }: Flags, result: T, print: (result: T) => string): void {
  console.log(json ? JSON.stringify(result, hashesAsText, 2) : print(result));
}

function refusalOf(error: Refusal | RecordFault | BrokenChain): object {
  if (error instanceof Refusal) return { refused: error.reason, detail: error.detail, ...error.where };
  if (error instanceof BrokenChain) return { refused: 'broken-chain', detail: error.message, line: error.line };
  return { refused: error.kind, detail: error.detail, position: error.position, to: error.to };
}

const hashesAsText = (_name: string, value: unknown): unknown => {
  const bytes =
    (value as { type?: string; data?: number[] } | null)?.type === 'Buffer'
      ? (value as { data: number[] }).data
      : value;
  return bytes !== value || value instanceof Uint8Array ? Buffer.from(bytes as number[]).toString('base64') : value;
};
