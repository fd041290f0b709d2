import { Command } from 'commander';
import type { LogReader } from '#event-log';
import { type RecordCheck, rebuildTree } from '#notary';
import { Projector, ViewStore } from '#projections';
import { showProgress } from '../progress';
import { printedCheck } from './check-record';
import { BUILD } from '../build';
import { dataDirOption, headsOption, requireHeads } from './data-dir';
import { ownRecord } from './own-record';
import { report, refusing } from './report';

interface Flags {
  readonly dataDir: string;
  readonly heads?: string;
  readonly json: boolean;
}

export const rebuildCommand = (): Command =>
  new Command('rebuild')
    .description('Throw the views and the tree away and build them from the log, while its server is stopped.')
    .addOption(dataDirOption())
    .addOption(headsOption())
    .option('--json', 'report as JSON', false)
    .action((flags: Flags) => refusing(flags, async () => report(flags, await rebuild(flags), printedRebuild)));

interface Rebuilt extends RecordCheck {
  /** Events that this build cannot read: the views of their crises are parked until a build can. */
  readonly unreadable: number;
}

/** The tree first: no views are made of a log that contradicts its heads. */
const rebuild = async ({ dataDir, heads }: Flags): Promise<Rebuilt> =>
  ownRecord({ dataDir, ...(heads !== undefined && { heads: requireHeads(heads) }) }, async (record) => {
    const events = record.reader.head() + 1;
    using progress = showProgress(2 * events, process.stderr);
    const check = await rebuildTree(record, (count) => progress.update(count, count));
    const unreadable = rebuildViews(dataDir, record.reader, (count) => progress.update(events + count, events));
    return { ...check, unreadable };
  });

/** Returns how many events this build cannot read. */
function rebuildViews(dataDir: string, reader: LogReader, onEvent: (count: number) => void): number {
  ViewStore.open(dataDir, reader, BUILD).discard();
  using store = ViewStore.open(dataDir, reader, BUILD);
  const projector = new Projector(reader, store);
  const head = reader.head();
  while (projector.step(head)) onEvent(store.checkpoint() + 1);
  return store.unreadableCount();
}

const printedRebuild = ({ unreadable, ...check }: Rebuilt): string =>
  [
    printedCheck(check),
    '  rebuilt     the tree and the views',
    ...(unreadable > 0 ? [`  unreadable  ${unreadable} events, to this build`] : []),
  ].join('\n');
