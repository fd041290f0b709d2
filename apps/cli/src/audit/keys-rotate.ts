import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { formatVerifierKey } from '#ledger';
import { readSecretKey, rotateKeys } from '#notary';
import { UsageError } from '../exit-codes';
import { dataDirOption, headsOption } from './data-dir';
import { ownRecord } from './own-record';
import { report } from './report';

interface Flags {
  readonly dataDir: string;
  readonly heads?: string;
  readonly recovery?: string;
  readonly newRecovery?: string;
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
    .option('--new-recovery <file>', 'also replace the recovery key, by one that is written here; needs --recovery')
    .option('--json', 'report as JSON', false)
    .action(runRotate);

async function runRotate({ recovery, newRecovery, ...flags }: Flags): Promise<void> {
  if (newRecovery !== undefined && recovery === undefined)
    throw new UsageError('--new-recovery needs --recovery: only the recovery key in use can name another');
  if (newRecovery !== undefined && existsSync(newRecovery)) throw new UsageError(`${newRecovery} is there already`);
  const rotation = {
    recovery: recovery === undefined ? undefined : readSecretKey(recovery),
    nextRecoveryFile: newRecovery && resolve(newRecovery),
  };
  const keys = await ownRecord(flags, (record) => rotateKeys(record, rotation));
  const said = {
    signing: formatVerifierKey(keys.signing),
    ...(newRecovery !== undefined && { recovery: formatVerifierKey(keys.recovery) }),
  };
  report(flags, said, printed(flags.dataDir, newRecovery));
}

const printed =
  (dataDir: string, newRecovery: string | undefined) =>
  ({ signing, recovery }: { signing: string; recovery?: string }): string =>
    [
      `Heads are signed from now on by ${signing}`,
      'Bundles, heads and public keys given out before verify as they did.',
      `${dataDir}/log.vkey has the first recovery key only: give that to new auditors.`,
      ...(recovery === undefined ? [] : [`The recovery key is from now on ${recovery}`]),
      ...(newRecovery === undefined
        ? []
        : [
            `It is in ${resolve(newRecovery)}. Take it to another machine, and delete it here. The old one rules nothing.`,
          ]),
    ].join('\n');
