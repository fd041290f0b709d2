import { Command, Option } from 'commander';
import { ROLES } from '#access';
import { dataDirOption } from './audit/data-dir';
import { addKeysInit } from './audit/keys-init';
import { addKeysRotate } from './audit/keys-rotate';
import {
  baseLevel,
  createKey,
  crisisList,
  days,
  type KeyPlace,
  listKeys,
  type NewKeyFlags,
  revokeKey,
  scopeList,
} from './keys';
import { namedRecord } from './named-record';

/** Keys are made where the record is, by whoever has its folder, or may write to EventStoreDB: no address of ours is there to attack. */
export function keysCommand(): Command {
  const keys = new Command('keys').description(
    'API keys of the record: in EventStoreDB where EVENTSTOREDB_URL or EVENTSTOREDB_URL_FILE is set, else in a data folder; running servers see changes.',
  );
  keys
    .command('create')
    .description('Make a key and print it, once. The first one ends open access.')
    .requiredOption('--name <principal>', 'who has it; stored with what it appends')
    .addOption(new Option('--role <role>', 'a set of scopes').choices(Object.keys(ROLES)))
    .option('--scopes <scopes>', 'besides those of the role, separated by commas', scopeList)
    .option('--level <level>', 'base level, CLEAR to AMBER+STRICT', baseLevel, 'CLEAR')
    .option('--red <crises>', 'crises where it is RED, separated by commas', crisisList, [])
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

interface Data {
  readonly dataDir: string;
}

const placeOf = ({ dataDir }: Data): KeyPlace => namedRecord() ?? dataDir;
