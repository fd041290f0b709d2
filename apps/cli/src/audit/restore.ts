import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { openReader } from '#event-log';
import { DoesNotExtend, HeadsFile, LedgerStore, readSecretKey, readVerifierKeys, restoreHeads } from '#notary';
import { EXIT, UsageError } from '../exit-codes';
import { copyRecord } from './backup';
import { checkRecord } from './check-record';
import { dataDirOption, headsOption } from './data-dir';

interface Flags {
  readonly dataDir: string;
  readonly heads?: string;
  readonly acceptLoss: boolean;
  readonly recovery?: string;
}

export const restoreCommand = (): Command =>
  new Command('restore')
    .description('Make a backup the record, in a data folder that is empty or not there.')
    .argument('<backup>', 'a folder that "backup" made')
    .addOption(dataDirOption())
    .addOption(headsOption())
    .option('--accept-loss', 'also where events that were signed are missing: starts the next epoch', false)
    .option('--recovery <file>', 'the recovery key, which --accept-loss needs')
    .action(runRestore);

async function runRestore(backup: string, { dataDir, heads, acceptLoss, recovery }: Flags): Promise<void> {
  if (acceptLoss !== (recovery !== undefined)) throw new UsageError('--accept-loss and --recovery go together');
  if (heads === undefined) throw new UsageError('--heads (HEADS_FILE) says what was signed since the backup');
  if (!existsSync(heads)) throw new UsageError(`cannot read ${heads}`);
  if (existsSync(dataDir) && readdirSync(dataDir).length > 0) throw new UsageError(`${dataDir} is not empty`);
  await checkRecord({ dataDir: resolve(backup) });
  await copyRecord(resolve(backup), dataDir);
  const reader = openReader(dataDir);
  const store = LedgerStore.open(dataDir);
  const file = HeadsFile.open(heads);
  try {
    const trusted = readVerifierKeys(join(dataDir, 'log.vkey'));
    const key = recovery === undefined ? undefined : readSecretKey(recovery);
    const { events, lost, epoch } = restoreHeads(reader, store, file, trusted, key);
    console.log(`Restored ${events} events to ${dataDir}${lost > 0 ? `; ${lost} are lost` : ''}; epoch ${epoch}.`);
  } catch (error) {
    if (!(error instanceof DoesNotExtend)) throw error;
    rmSync(dataDir, { recursive: true });
    console.error(`crisis-log: refused: ${error.message}; --accept-loss goes on without them`);
    process.exitCode = EXIT.refused;
  } finally {
    file.close();
    store.close();
    reader.close();
  }
}
