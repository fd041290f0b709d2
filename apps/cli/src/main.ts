import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { isCrisisId } from '#catalogue';
import { Refused, Unanswered } from '#client';
import { EventLogError } from '#event-log';
import { Refusal } from '#ledger';
import { KeyNotPrivate, KeysExist, KeysMissing, NothingToDisown, RecordFault } from '#notary';
import { diffCommand, replayCommand } from './audit/ask';
import { backupCommand } from './audit/backup';
import { headsCommand } from './audit/heads-disown';
import { addKeysInit } from './audit/keys-init';
import { addKeysRotate } from './audit/keys-rotate';
import { monitorCommand } from './audit/monitor';
import { rebuildCommand } from './audit/rebuild';
import { restoreCommand } from './audit/restore';
import { verifyCommand } from './audit/verify';
import { clientOf } from './client-of';
import { EXIT, EXIT_CODES_HELP, ServerUnreachable, UsageError } from './exit-codes';
import { importFile } from './import-file';
import { printed } from './import-report';
import { keysCommand } from './keys-command';
import { showProgress } from './progress';
import { FORMATS, type Format } from './read-items';
import { copyCommand, CopyRefused } from './record/copy';
import { setupCommand } from './record/setup';
import { tail, type TailFlags } from './tail';

interface ImportFlags {
  readonly crisis: string;
  readonly about?: string[];
  readonly url: string;
  readonly dryRun: boolean;
  readonly frame?: string;
  readonly replace: boolean;
  readonly json: boolean;
}

const DEFAULT_URL = 'http://127.0.0.1:3000';
/** From `dist/apps/cli/src`. */
const PACKAGE = join(__dirname, '..', '..', '..', '..', 'package.json');
const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string };

const program = new Command('crisis-log')
  .description('Works with a crisis log over its REST API, like any client.')
  .addHelpText(
    'after',
    '\nCRISIS_LOG_KEY: the API key, where the server asks for one. Never an argument: others see those.',
  )
  .addHelpText('afterAll', EXIT_CODES_HELP)
  .version(version);

program
  .command('import')
  .description('Send the rows of a file to a crisis. Running it again continues; what is there stays as it is.')
  .addArgument(new Argument('<format>', 'gdelt and icews are feeds; ndjson is the log’s own format').choices(FORMATS))
  .argument('<file>', 'plain or gzip')
  .requiredOption('--crisis <id>', 'crisis to import into', crisisId)
  .option('--about <codes>', 'feeds: only rows with one of these parties (default: the first side)', actorCodes)
  .addOption(urlOption())
  .option('--replace', 'correct events that are there with other content', false)
  .option('--dry-run', 'map and count, send nothing', false)
  .option('--frame <file>', 'dry run of a feed: the crisis’s CrisisOpened, instead of asking the server')
  .option('--json', 'report as JSON', false)
  .action(runImport);

program
  .command('export')
  .description('Write all events of a crisis as NDJSON, which "import ndjson" takes again.')
  .requiredOption('--crisis <id>', 'crisis to export', crisisId)
  .addOption(urlOption())
  .option('--out <file>', 'write here instead of to the standard output')
  .action(runExport);

const keys = keysCommand();
addKeysInit(keys);
addKeysRotate(keys);
program.addCommand(keys);
program.addCommand(headsCommand());
program.addCommand(verifyCommand());
program
  .command('tail')
  .description('Print what is recorded, as it comes, until Ctrl-C.')
  .option('--crisis <id>', 'only this crisis', crisisId)
  .option('--type <types>', 'only these types of events, comma-separated')
  .option('--actor <code>', 'only events with this actor code, or with one that begins with it')
  .option('--after <cursor>', 'a cursor, "start" for everything, "head" for what is still to come', 'head')
  .option('--json', 'CloudEvents, one a line', false)
  .addOption(urlOption())
  .action((flags: TailFlags & { readonly url: string }) =>
    tail(clientOf(flags.url), flags, console.log, (text) => console.error(`crisis-log: ${text}`)),
  );
program.addCommand(backupCommand());
program.addCommand(restoreCommand());
program.addCommand(copyCommand());
program.addCommand(setupCommand());
program.addCommand(rebuildCommand());
program.addCommand(replayCommand(urlOption()));
program.addCommand(diffCommand(urlOption()));
program.addCommand(monitorCommand(urlOption()));

function urlOption(): Option {
  return new Option('--url <url>', 'the server').env('CRISIS_LOG_URL').default(DEFAULT_URL).argParser(serverUrl);
}

async function runImport(format: Format, file: string, flags: ImportFlags): Promise<void> {
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

async function runExport(flags: {
  readonly crisis: string;
  readonly url: string;
  readonly out?: string;
}): Promise<void> {
  const events = Readable.from(await clientOf(flags.url).export(flags.crisis));
  if (flags.out === undefined) return pipeline(events, process.stdout, { end: false }).catch(unlessReaderLeft);
  // A file of that name is complete: what broke off keeps the other name.
  const part = `${flags.out}.part`;
  const file = createWriteStream(part).on('error', () => undefined);
  await once(file, 'open').catch((error: Error) => {
    throw new UsageError(`cannot write ${part}: ${error.message}`);
  });
  await pipeline(events, file);
  await rename(part, flags.out);
}

function unlessReaderLeft(error: Error & { code?: string }): void {
  if (error.code !== 'EPIPE') throw error;
}

function crisisId(text: string): string {
  if (isCrisisId(text)) return text;
  throw new InvalidArgumentError('a crisis id is a slug such as us-iran.');
}

function actorCodes(text: string): string[] {
  const codes = text.split(',').map((code) => code.trim());
  if (codes.every((code) => /^[A-Z]{3,15}$/.test(code))) return codes;
  throw new InvalidArgumentError('actor codes are capital letters, separated by commas, such as IRN,OMN.');
}

function serverUrl(text: string): string {
  if (URL.parse(text)?.protocol.match(/^https?:$/)) return text;
  throw new InvalidArgumentError(`a server is named like ${DEFAULT_URL}.`);
}

/** Wrong usage is told by us, with our exit code, of every command. */
function overrideExit(command: Command): void {
  command.exitOverride();
  command.commands.forEach(overrideExit);
}

/** Whoever reads what is printed, as `--help | head` does, may have had enough. */
process.stdout.on('error', (error: Error & { code?: string }) => {
  unlessReaderLeft(error);
  process.exit();
});

async function run(): Promise<void> {
  overrideExit(program);
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    if (error instanceof CommanderError) return; // Commander has printed it.
    const text = toldOf(error);
    console.error(text === undefined ? error : `crisis-log: ${text}`);
  }
}

/** What the record's own rules refuse. */
const REFUSALS = [RecordFault, Refusal, EventLogError, KeysExist, KeysMissing, KeyNotPrivate, NothingToDisown];

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof UsageError || error instanceof Refused) return EXIT.usage;
  return error instanceof ServerUnreachable || error instanceof Unanswered ? EXIT.unreachable : EXIT.refused;
}

/** In one sentence; undefined for what is wrong with this program. */
function toldOf(error: unknown): string | undefined {
  if ([UsageError, ServerUnreachable, CopyRefused].some((kind) => error instanceof kind))
    return (error as Error).message;
  if (error instanceof Refused) return `the server answers ${error.message}`;
  if (REFUSALS.some((kind) => error instanceof kind)) return `refused: ${(error as Error).message}`;
  return error instanceof Unanswered ? `the server gives no answer: ${error.message}` : undefined;
}

void run();
