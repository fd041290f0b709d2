import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { openRecord } from '#event-log';
import { formatVerifierKey } from '#ledger';
import { initKeys } from '#notary';
import { namedRecord } from '../named-record';
import { BUILD } from '../build';
import { dataDirOption } from './data-dir';

interface Flags {
  readonly dataDir: string;
  readonly recovery: string;
  readonly origin?: string;
}

/** `keys init`: the keys that sign tree heads. API keys are other commands of the same group. */
export const addKeysInit = (keys: Command): Command =>
  keys
    .command('init')
    .description('Make the signing key and the recovery key of a log, once, while its server is stopped.')
    .addOption(dataDirOption())
    .requiredOption('--recovery <file>', 'where to write the recovery key; then take it to another machine')
    .option('--origin <name>', 'of a log that is not there yet: its name in tree heads, a URL without a scheme')
    .action(runKeysInit);

async function runKeysInit({ dataDir, recovery, origin }: Flags): Promise<void> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // Opening the log takes the owner's lock, so no server signs meanwhile, and makes a log that is not there yet.
  const options = { dataDir, instance: 'keys', build: BUILD, ...(origin !== undefined && { origin }) };
  await using log = await openRecord(options, namedRecord());
  const trusted = await initKeys(dataDir, log.reader.genesis().origin, resolve(recovery), log.heads);
  console.log(`Public keys, for auditors (${dataDir}/log.vkey):`);
  for (const key of trusted) console.log(formatVerifierKey(key));
  console.log(`The recovery key is in ${resolve(recovery)}. Take it to another machine, and delete it here.`);
}
