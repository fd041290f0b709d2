import { Command, CommanderError } from 'commander';
import { BUILD } from './build';
import { EXIT_CODES_HELP } from './exit-codes';

/** In the order of `--help`. Loaded one by one, so that a command does not wait for what the others need. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  import: async () => (await import('./import-command.js')).importCommand(),
  export: async () => (await import('./export-command.js')).exportCommand(),
  keys: async () => (await import('./keys-command.js')).keysCommand(),
  heads: async () => (await import('./audit/heads-disown.js')).headsCommand(),
  verify: async () => (await import('./audit/verify.js')).verifyCommand(),
  tail: async () => (await import('./tail.js')).tailCommand(),
  backup: async () => (await import('./audit/backup.js')).backupCommand(),
  restore: async () => (await import('./audit/restore.js')).restoreCommand(),
  copy: async () => (await import('./record/copy.js')).copyCommand(),
  setup: async () => (await import('./record/setup.js')).setupCommand(),
  rebuild: async () => (await import('./audit/rebuild.js')).rebuildCommand(),
  replay: async () => (await import('./audit/replay-and-diff.js')).replayCommand(),
  diff: async () => (await import('./audit/replay-and-diff.js')).diffCommand(),
  monitor: async () => (await import('./audit/monitor.js')).monitorCommand(),
};

const program = new Command('crisis-log')
  .description('Works with a crisis log over its REST API, like any client.')
  .addHelpText(
    'after',
    '\nCRISIS_LOG_KEY: the API key, where the server asks for one. Never an argument: others see those.',
  )
  .addHelpText('afterAll', EXIT_CODES_HELP)
  .version(BUILD);

/** Makes wrong usage of every command end with our exit code. */
function overrideExit(command: Command): void {
  command.exitOverride().showHelpAfterError('(--help says what there is)');
  command.commands.forEach(overrideExit);
}

/** A reader such as `head` may close the pipe early: that ends the program quietly. */
process.stdout.on('error', (error: Error & { code?: string }) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

async function run(asked = process.argv[2] ?? ''): Promise<void> {
  const named = Object.hasOwn(COMMANDS, asked) ? [COMMANDS[asked]!] : Object.values(COMMANDS);
  for (const command of named) program.addCommand(await command());
  overrideExit(program);
  try {
    await program.parseAsync();
  } catch (error) {
    if (isMissingPart(error)) throw error;
    const { exitCodeOf, toldOf } = await import('./failure.js');
    process.exitCode = exitCodeOf(error);
    if (error instanceof CommanderError) return; // Commander has printed it.
    const text = toldOf(error);
    console.error(text === undefined ? error : `crisis-log: ${text}`);
  }
}

/** A missing module is reported by `bin/`: the module that reports everything else may be missing too. */
const isMissingPart = (error: unknown): boolean =>
  String((error as { code?: unknown }).code).endsWith('MODULE_NOT_FOUND');

/** Rejects where a part of the program is missing. */
export const ended = run();
