import { Command, InvalidArgumentError, Option } from 'commander';
import { BASE_LEVELS, isScope, ROLES, SCOPES } from '#access';
import { isCrisisId } from '#catalogue';
import { dataDirOption } from './audit/data-dir';
import { addKeysInit } from './audit/keys-init';
import { addKeysRotate } from './audit/keys-rotate';
import { commaSeparated } from './comma-separated';
import { createKey, type KeyPlace, listKeys, type NewKeyFlags, revokeKey } from './keys';
import { namedRecord } from './named-record';

/**
 * Keys are made where the record is, by whoever has its folder, or may write to EventStoreDB: no address of ours is
 * there to attack.
 */
export function keysCommand(): Command {
  const keys = new Command('keys').description(
    'API keys of the record: in EventStoreDB where EVENTSTOREDB_URL or EVENTSTOREDB_URL_FILE is set, else in a data folder; running servers see changes.',
  );
  keys
    .command('create')
    .description('Make a key and print it, once. The first one ends open access.')
    .requiredOption('--name <principal>', 'who has it; stored with what it appends')
    .addOption(new Option('--role <role>', 'a set of scopes').choices(Object.keys(ROLES)))
    .option('--scopes <scopes>', 'besides those of the role, separated by commas', scopes)
    .addOption(
      new Option('--level <level>', 'base level; RED is given crisis by crisis, with --red')
        .choices(BASE_LEVELS)
        .default('CLEAR'),
    )
    .option('--red <crises>', 'crises where it is RED, separated by commas', crises, [])
    .option('--days <days>', 'until it expires', days, 90)
    .addOption(dataDirOption())
    .action(async (flags: NewKeyFlags & Data) => console.log(await createKey(placeOf(flags), flags, Date.now())));
  keys
    .command('list')
    .description('One a line: id, state, until when, principal, level, RED crises, scopes.')
    .addOption(dataDirOption())
    .action(async (flags: Data) => {
      const lines = await listKeys(placeOf(flags), Date.now());
      if (lines.length === 0) console.error('crisis-log: there are no keys yet; "keys create" makes the first');
      lines.forEach((line) => console.log(line));
    });
  keys
    .command('revoke')
    .description('End a key and its sessions, within 5 s.')
    .argument('<id>', 'as "keys list" shows it')
    .addOption(dataDirOption())
    .action((id: string, flags: Data) => revokeKey(placeOf(flags), id, Date.now()));
  addKeysInit(keys);
  addKeysRotate(keys);
  return keys;
}

const scopes = commaSeparated(isScope, `scopes of ${SCOPES.join(' ')}`);
const crises = commaSeparated(isCrisisId, 'ids of crises such as us-iran');

function days(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 3_650) return value;
  throw new InvalidArgumentError('a key lives 1 to 3650 days.');
}

interface Data {
  readonly dataDir: string;
}

const placeOf = ({ dataDir }: Data): KeyPlace => namedRecord() ?? dataDir;
