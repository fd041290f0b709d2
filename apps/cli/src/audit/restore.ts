import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { openRecord, type RecordOptions } from '#event-log';
import { DoesNotExtend, HeadsFile, LedgerStore, readSecretKey, readVerifierKeys, restoreHeads } from '#notary';
import { EXIT, UsageError } from '../exit-codes';
import { namedRecord } from '../named-record';
import { copyRecord } from './backup';
import { checkRecord } from './check-record';
import { BUILD } from '../build';
import { dataDirOption, headsOption, requireHeads } from './data-dir';

interface Flags {
  readonly dataDir: string;
  readonly heads?: string;
  readonly acceptLoss: boolean;
  readonly recovery?: string;
}

/** What a data folder may hold already when it is to become the mirror of a restored EventStoreDB. */
const KEY_FILES = ['log.vkey', 'signing.key', 'token.key'];

export const restoreCommand = (): Command =>
  new Command('restore')
    .description(
      'Make a backup the record, in a data folder that is empty or not there. With EVENTSTOREDB_URL(_FILE): say that the restored EventStoreDB is the record; the data folder holds keys only.',
    )
    .argument('[backup]', 'a folder that "backup" made; none for EventStoreDB, whose own tools restore it')
    .addOption(dataDirOption())
    .addOption(headsOption())
    .option('--accept-loss', 'also where events that were signed are missing: starts the next epoch', false)
    .option('--recovery <file>', 'the recovery key, which --accept-loss needs')
    .action(runRestore);

async function runRestore(backup: string | undefined, flags: Flags): Promise<void> {
  const { dataDir, heads, acceptLoss, recovery } = flags;
  const record = namedRecord();
  if (acceptLoss !== (recovery !== undefined)) throw new UsageError('--accept-loss and --recovery go together');
  if (heads === undefined) throw new UsageError('--heads (HEADS_FILE) says what was signed since the backup');
  requireHeads(heads);
  if ((backup === undefined) !== (record !== undefined))
    throw new UsageError('name a backup, or an EventStoreDB in the environment, not both');
  const held = existsSync(dataDir) ? readdirSync(dataDir) : [];
  const inTheWay = held.filter((name) => record === undefined || !KEY_FILES.includes(name));
  if (inTheWay.length > 0) throw new UsageError(`${dataDir} is not empty: ${inTheWay.join(', ')}`);
  if (backup !== undefined) {
    await checkRecord({ dataDir: resolve(backup) });
    await copyRecord(resolve(backup), dataDir);
  }
  try {
    await restoreTo(dataDir, heads, recovery, record);
  } catch (error) {
    // Left as it was found, so that the right command works next.
    for (const name of readdirSync(dataDir)) if (!held.includes(name)) rmSync(join(dataDir, name), { recursive: true });
    if (!(error instanceof DoesNotExtend)) throw error;
    console.error(`crisis-log: refused: ${error.message}; --accept-loss goes on without them`);
    process.exitCode = EXIT.refused;
  }
}

async function restoreTo(
  dataDir: string,
  heads: string,
  recovery: string | undefined,
  options: RecordOptions | undefined,
): Promise<void> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  using file = HeadsFile.open(heads);
  await using log = await openRecord({ dataDir, instance: 'restore', build: BUILD }, options);
  using store = LedgerStore.open(dataDir);
  const trusted = readVerifierKeys(join(dataDir, 'log.vkey'));
  const key = recovery === undefined ? undefined : readSecretKey(recovery);
  const { reader, heads: record } = log;
  const done = await restoreHeads({ dataDir, reader, store, file, trusted, record }, key);
  const { events, lost, epoch } = done;
  console.log(`Restored ${events} events to ${dataDir}${lost > 0 ? `; ${lost} are lost` : ''}; epoch ${epoch}.`);
}
