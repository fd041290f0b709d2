import { Command } from 'commander';
import { formatVerifierKey } from '#ledger';
import { readSecretKey, rotateKeys } from '#notary';
import { dataDirOption, headsOption } from './data-dir';
import { ownRecord } from './own-record';
import { report } from './report';

interface Flags {
  readonly dataDir: string;
  readonly heads?: string;
  readonly recovery?: string;
  readonly json: boolean;
}

/** `keys rotate`: another key signs tree heads from now on. */
export const addKeysRotate = (keys: Command): Command =>
  keys
    .command('rotate')
    .description('Put a new signing key in the place of the old one, while the server is stopped.')
    .addOption(dataDirOption())
    .addOption(headsOption())
    .option('--recovery <file>', 'the recovery key, where the signing key is lost or in other hands')
    .option('--json', 'report as JSON', false)
    .action(async (flags: Flags) => {
      const recovery = flags.recovery === undefined ? undefined : readSecretKey(flags.recovery);
      const key = await ownRecord(flags, (record) => rotateKeys(record, recovery));
      report(flags, { signing: formatVerifierKey(key) }, printed(flags.dataDir));
    });

const printed =
  (dataDir: string) =>
  ({ signing }: { signing: string }): string =>
    [
      `Heads are signed from now on by ${signing}`,
      'Bundles, heads and public keys given out before verify as they did.',
      `${dataDir}/log.vkey has the recovery key only: give that to new auditors.`,
    ].join('\n');
