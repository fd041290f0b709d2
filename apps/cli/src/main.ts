import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { diffCommand, replayCommand } from './audit/ask';
import { backupCommand } from './audit/backup';
import { headsCommand } from './audit/heads-disown';
import { monitorCommand } from './audit/monitor';
import { rebuildCommand } from './audit/rebuild';
import { restoreCommand } from './audit/restore';
import { verifyCommand } from './audit/verify';
import { EXIT_CODES_HELP } from './exit-codes';
import { exportCommand } from './export-command';
import { exitCodeOf, toldOf } from './failure';
import { importCommand } from './import-command';
import { keysCommand } from './keys-command';
import { copyCommand } from './record/copy';
import { setupCommand } from './record/setup';
import { tailCommand } from './tail';

/** As `--help` lists them. */
const COMMANDS = [
  importCommand,
  exportCommand,
  keysCommand,
  headsCommand,
  verifyCommand,
  tailCommand,
  backupCommand,
  restoreCommand,
  copyCommand,
  setupCommand,
  rebuildCommand,
  replayCommand,
  diffCommand,
  monitorCommand,
];
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
for (const command of COMMANDS) program.addCommand(command());

/** Wrong usage is told by us, with our exit code, of every command. */
function overrideExit(command: Command): void {
  command.exitOverride();
  command.commands.forEach(overrideExit);
}

/** Whoever reads what is printed, as `--help | head` does, may have had enough. */
process.stdout.on('error', (error: Error & { code?: string }) => {
  if (error.code !== 'EPIPE') throw error;
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

void run();
