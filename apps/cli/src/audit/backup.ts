import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { Command } from 'commander';
import { LEDGER_FILE } from '#notary';
import { UsageError } from '../exit-codes';
import { checkRecord, printedCheck } from './check-record';
import { dataDirOption, requireLog } from './data-dir';

/** The tree is copied first: the copied log may be longer than its heads say, but never shorter. */
const DATABASES = [LEDGER_FILE, 'log.sqlite'];
/** What else could not be made again. */
const FILES = ['log.vkey', 'signing.key', 'signing.key.next', 'token.key'];

export const backupCommand = (): Command =>
  new Command('backup')
    .description(
      'Copy the record, also while its server runs, and verify the copy. It holds the keys: keep it as safe.',
    )
    .argument('<folder>', 'where to; it must not be there')
    .addOption(dataDirOption())
    .action(async (folder: string, { dataDir }: { dataDir: string }) => {
      await copyRecord(dataDir, resolve(folder));
      console.log(printedCheck(await checkRecord({ dataDir: resolve(folder) })));
    });

/** Copies a record to a folder, which appears only when the copy is whole. */
export async function copyRecord(from: string, to: string): Promise<void> {
  requireLog(from);
  if (existsSync(to) && readdirSync(to).length > 0) throw new UsageError(`${to} is there already`);
  const part = `${to}.part`;
  mkdirSync(part, { recursive: true, mode: 0o700 });
  for (const name of DATABASES.filter((name) => existsSync(join(from, name)))) {
    using source = new DatabaseSync(join(from, name), { readOnly: true });
    await backup(source, join(part, name));
  }
  for (const name of FILES.filter((name) => existsSync(join(from, name)))) await cp(join(from, name), join(part, name));
  renameSync(part, to);
}
