import { Command, Option } from 'commander';
import { ROLES } from '#access';
import { baseLevel, createKey, crisisList, days, listKeys, type NewKeyFlags, revokeKey, scopeList } from './keys';

/** Keys are made where the record is, by whoever has its folder: there is no address to attack. */
export function keysCommand(): Command {
  const keys = new Command('keys').description(
    'API keys of the record in a data folder; a running server sees changes.',
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
    .addOption(dataOption())
    .action(async (flags: NewKeyFlags & Data) => console.log(await createKey(flags.dataDir, flags, Date.now())));
  keys
    .command('list')
    .description('One a line: id, state, until when, principal, level, RED crises, scopes.')
    .addOption(dataOption())
    .action(async ({ dataDir }: Data) => (await listKeys(dataDir, Date.now())).forEach((line) => console.log(line)));
  keys
    .command('revoke')
    .description('End a key and its sessions, within 5 s.')
    .argument('<id>', 'as "keys list" shows it')
    .addOption(dataOption())
    .action((id: string, { dataDir }: Data) => revokeKey(dataDir, id, Date.now()));
  return keys;
}

interface Data {
  readonly dataDir: string;
}

const dataOption = (): Option => new Option('--data-dir <folder>', 'the data folder').env('DATA_DIR').default('data');
