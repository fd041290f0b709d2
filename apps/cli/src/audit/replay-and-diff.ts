import { Command } from 'commander';
import { clientOf } from '../client-of';
import { crisisOption } from '../crisis-option';
import { urlOption } from '../url-option';

interface Flags {
  readonly url: string;
  readonly crisis: string;
  readonly at?: string;
  readonly asOf?: string;
  readonly asOfA?: string;
  readonly asOfB?: string;
  readonly shownTo?: string;
  readonly json: boolean;
}

const command = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .addOption(crisisOption('the crisis').makeOptionMandatory())
    .option('--at <time>', 'the moment of the world')
    .addOption(urlOption())
    .option('--json', 'the answer as it is', false);

export const replayCommand = (): Command =>
  command('replay', 'What was known, or shown, at a point of the record.')
    .option('--as-of <point>', 'a time or a cursor; only a cursor is exact')
    .option('--shown-to <level>', 'by the markings then in force')
    .action(async (flags: Flags) => {
      const { crisis, at, asOf, shownTo } = flags;
      print(flags, await clientOf(flags.url).audit('replay', { crisis, at, asOf, shownTo }), printedReplay);
    });

export const diffCommand = (): Command =>
  command('diff', 'What was believed at two points of the record about one moment, and why it differs.')
    .option('--as-of-a <point>', 'default: the moment itself')
    .option('--as-of-b <point>', 'default: now')
    .action(async (flags: Flags) => {
      const { crisis, at, asOfA, asOfB } = flags;
      print(flags, await clientOf(flags.url).audit('diff', { crisis, at, asOfA, asOfB }), printedDiff);
    });

function print<T>({ json }: Flags, text: string, printed: (answer: T) => string): void {
  console.log(json ? text : printed(JSON.parse(text) as T));
}

interface Replay {
  readonly crisisId: string;
  readonly at: string;
  readonly level: string;
  readonly asShown: boolean;
  readonly asOf: { readonly time: string };
  readonly views: {
    readonly risk: {
      readonly risk: number;
      readonly band: string;
      readonly diplomacyGauge: number;
      readonly digest: string;
    };
    readonly status: { readonly digest: string };
  };
}

const printedReplay = ({ crisisId, at, level, asShown, asOf, views: { risk, status } }: Replay): string =>
  [
    `${crisisId} at ${at}, as ${asShown ? `shown to ${level}` : 'known'} at ${asOf.time}`,
    `  risk    R ${risk.risk} (${risk.band}), J ${risk.diplomacyGauge}; digest ${risk.digest}`,
    `  status  digest ${status.digest}`,
  ].join('\n');

interface Change {
  readonly a: number | null;
  readonly b: number;
  readonly change: number;
  readonly drivers: readonly { readonly eventId: string; readonly change: number }[];
}

interface Diff {
  readonly crisisId: string;
  readonly at: string;
  readonly a: { readonly time: string } | null;
  readonly b: { readonly time: string };
  readonly events: Readonly<Record<string, readonly string[]>>;
  readonly risk: Change;
  readonly diplomacyGauge: Change;
}

const printedDiff = ({ crisisId, at, a, b, events, risk, diplomacyGauge }: Diff): string =>
  [
    `${crisisId} at ${at}: believed at ${a?.time ?? '(not known yet)'}, and at ${b.time}`,
    ...Object.entries(events).map(
      ([what, ids]) => `  ${what.padEnd(10)}  ${ids.length}${ids.map((id) => `\n    ${id}`).join('')}`,
    ),
    ...changed('R', risk),
    ...changed('J', diplomacyGauge),
  ].join('\n');

const changed = (gauge: string, { a, b, change, drivers }: Change): string[] => [
  `  ${gauge}  ${a ?? 'none'} to ${b}: ${signed(change)}`,
  ...drivers.map((driver) => `    ${signed(driver.change).padStart(8)}  ${driver.eventId}`),
];

const signed = (value: number): string => `${value < 0 ? '' : '+'}${value}`;
