import { Argument, Command } from 'commander';
import { isActorCode } from '#catalogue';
import { clientOf } from './client-of';
import { commaSeparated } from './comma-separated';
import { crisisOption } from './crisis-option';
import { EXIT, UsageError } from './exit-codes';
import { importFile } from './import-file';
import { printed } from './import-report';
import { showProgress } from './progress';
import { FORMATS, type Format } from './read-items';
import { urlOption } from './url-option';

interface Flags {
  readonly crisis: string;
  readonly about?: string[];
  readonly url: string;
  readonly dryRun: boolean;
  readonly frame?: string;
  readonly replace: boolean;
  readonly json: boolean;
}

export const importCommand = (): Command =>
  new Command('import')
    .description('Send the rows of a file to a crisis. Running it again continues; what is there stays as it is.')
    .addArgument(new Argument('<format>', 'gdelt and icews are feeds; ndjson is the log’s own format').choices(FORMATS))
    .argument('<file>', 'plain or gzip')
    .addOption(crisisOption('crisis to import into').makeOptionMandatory())
    .option(
      '--about <codes>',
      'feeds: only rows with one of these parties (default: the first side)',
      commaSeparated(isActorCode, 'actor codes such as IRN'),
    )
    .addOption(urlOption())
    .option('--replace', 'correct events that are there with other content', false)
    .option('--dry-run', 'map and count, send nothing', false)
    .option('--frame <file>', 'dry run of a feed: the crisis’s CrisisOpened, instead of asking the server')
    .option('--json', 'report as JSON', false)
    .action(runImport);

async function runImport(format: Format, file: string, flags: Flags): Promise<void> {
  if (flags.frame !== undefined && !flags.dryRun) throw new UsageError('--frame goes with --dry-run only');
  process.once('SIGINT', () => {
    console.error('\ncrisis-log: interrupted; what was answered is stored, and running it again continues');
    process.exit(EXIT.interrupted);
  });
  const report = await importFile(
    {
      format,
      file,
      crisisId: flags.crisis,
      dryRun: flags.dryRun,
      replace: flags.replace,
      ...(flags.about !== undefined && { about: flags.about }),
      ...(flags.frame !== undefined && { frameFile: flags.frame }),
    },
    clientOf(flags.url),
    (totalBytes) => showProgress(totalBytes, process.stderr),
  );
  console.log(flags.json ? JSON.stringify(report, undefined, 2) : printed(report, flags.dryRun));
  if (Object.keys(report.refused).length > 0) process.exitCode = EXIT.refused;
}
