import { Command } from 'commander';
import type { EventType } from '#catalogue';
import type { CrisisLog, FeedItem, FollowOptions } from '#client';
import { printable } from '#ledger';
import { clientOf } from './client-of';
import { crisisOption } from './crisis-option';
import { urlOption } from './url-option';

/** UTF-16 code units printed of a line; `--json` prints all. */
const MAX_LINE = 2_000;

export const tailCommand = (): Command =>
  new Command('tail')
    .description('Print what is recorded, as it comes, until Ctrl-C.')
    .addOption(crisisOption('only this crisis'))
    .option('--type <types>', 'only these types of events, comma-separated')
    .option('--actor <code>', 'only events with this actor code, or with one that begins with it')
    .option('--after <cursor>', 'a cursor, "start" for everything, "head" for what is still to come', 'head')
    .option('--json', 'CloudEvents, one a line', false)
    .addOption(urlOption())
    .action((flags: TailFlags & { readonly url: string }) =>
      tail(clientOf(flags.url), flags, console.log, (text) => console.error(`crisis-log: ${text}`)),
    );

interface TailFlags {
  readonly crisis?: string;
  readonly type?: string;
  readonly actor?: string;
  readonly after: string;
  readonly json: boolean;
}

/** Prints what comes, a line an item, until interrupted; goes on by itself when the server comes back. */
async function tail(
  client: CrisisLog,
  flags: TailFlags,
  print: (line: string) => void,
  notice: (text: string) => void,
): Promise<void> {
  const { crisis, type, actor, after } = flags;
  let isQuiet = false;
  const options: FollowOptions = {
    ...(after !== 'start' && { after }),
    ...(crisis !== undefined && { crisis }),
    ...(type !== undefined && { types: type.split(',') as EventType[] }),
    ...(actor !== undefined && { actor }),
    onInterruption: ({ message }) => {
      if (!isQuiet) notice(`${message}; going on when it is back`);
      isQuiet = true;
    },
  };
  for await (const followed of client.follow(options)) {
    isQuiet = false;
    if (!followed.caughtUp) print(flags.json ? JSON.stringify(followed.item) : lineOf(followed.item));
  }
}

/** A line for a terminal. Reported text may hold anything, and must not be able to pass for another item. */
export function lineOf(item: FeedItem): string {
  const head = `${item.time} ${item.crisisid} ${item.item === 'event' ? '' : `${item.item} `}${item.type} ${item.subject}`;
  if (item.item === 'withdraw') return printable(head);
  const { summary } = item.data as { summary?: string };
  return printable(summary === undefined ? head : `${head} ${summary}`, MAX_LINE);
}
