import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Option } from 'commander';
import { UsageError } from '../exit-codes';

export const dataDirOption = (): Option =>
  new Option('--data-dir <folder>', 'the data folder of the log')
    .env('DATA_DIR')
    .default('data')
    .argParser((path: string) => resolve(path));

export const headsOption = (description = 'the heads kept outside the data folder'): Option =>
  new Option('--heads <file>', description).env('HEADS_FILE').argParser((path: string) => resolve(path));

/** @returns the folder. @throws UsageError where it holds no log: a mistyped name must not create one */
export function requireLog(folder: string): string {
  if (existsSync(join(folder, 'log.sqlite'))) return folder;
  throw new UsageError(`there is no log in ${folder}: no log.sqlite is there`);
}

/** @returns the file. @throws UsageError where it does not exist: a mistyped name would check nothing */
export function requireHeads(file: string): string {
  if (existsSync(file)) return file;
  throw new UsageError(`cannot read ${file}: there is no such file of heads; --heads or HEADS_FILE names it`);
}
