import { Argument, Command, InvalidArgumentError } from 'commander';
import { disownHeads, type Disowning, readSecretKey } from '#notary';
import { dataDirOption, headsOption } from './data-dir';
import { ownRecord } from './own-record';
import { refusing, report } from './report';

interface Flags {
  readonly dataDir: string;
  readonly heads?: string;
  readonly recovery: string;
  readonly reason: string;
  readonly json: boolean;
}

export function headsCommand(): Command {
  const heads = new Command('heads').description('The signed heads of a log.');
  heads
    .command('disown')
    .description('Take back a wrong head, and those built on it, for all auditors to see, while the server is stopped.')
    .addArgument(new Argument('<revision>', 'of the head in the stream of heads').argParser(revisionOf))
    .requiredOption('--recovery <file>', 'the recovery key, which signs the statement')
    .requiredOption('--reason <text>', 'why, in a sentence: it is published with every bundle')
    .addOption(dataDirOption())
    .addOption(headsOption())
    .option('--json', 'report as JSON', false)
    .action((revision: number, flags: Flags) => refusing(flags, () => disown(revision, flags)));
  return heads;
}

async function disown(revision: number, { reason, recovery, ...flags }: Flags): Promise<void> {
  const key = readSecretKey(recovery);
  const done = await ownRecord(flags, (record) => disownHeads(record, { revision, reason }, key));
  report(flags, done, printed);
}

const printed = ({ disowned, kept }: Disowning): string =>
  [
    `Disowned ${disowned.length} of the heads, over ${disowned.map(({ size }) => size).join(', ')} events.`,
    kept ? `The next head extends the one over ${kept.size} events.` : 'The next head is the first.',
  ].join('\n');

function revisionOf(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a revision from 1 on: 0 are the keys.');
}
