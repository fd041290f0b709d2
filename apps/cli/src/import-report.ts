import type { LineResult } from '#client';
import type { EventItem, Item } from './read-items';

type Counts = Record<string, number>;

/** Of names that a file brings: none is there before it is counted, `constructor` neither. */
const noCounts = (): Counts => Object.create(null) as Counts;

const TOP_NAMES = 20;
/** Reasons may name ids, so that there is one a row. */
const MAX_REASONS = 20;
const OTHER_REASONS = 'for other reasons';

/** What became of a file, row by row. `read` is the sum of all that follows but `joined`. */
export interface Report {
  readonly read: number;
  /** Events of the crisis, by type: what was sent, or in a dry run would be. */
  readonly events: Counts;
  readonly stored: Counts;
  /** Events that share their incident with an earlier one of this file. */
  readonly joined: number;
  readonly alreadyImported: number;
  /** There with other content, and left so. */
  readonly differing: number;
  /** There with other content, and corrected now or by an earlier run. */
  readonly replaced: number;
  readonly skipped: Counts;
  readonly refused: Counts;
  /** The first line of each reason to refuse, where rows are lines. */
  readonly firstLine: Counts;
  readonly unresolvedNames: {
    readonly names: number;
    readonly rows: number;
    /** Most frequent first, those opposite a party of --about before the others. */
    readonly top: readonly { readonly name: string; readonly rows: number; readonly rowsWithParty: number }[];
  };
}

/** Counts while an import runs. Memory grows with the incidents and names of the file, not with its rows. */
export class ImportTally {
  private read = 0;
  private joined = 0;
  private alreadyImported = 0;
  private differing = 0;
  private replaced = 0;
  private readonly events: Counts = noCounts();
  private readonly stored: Counts = noCounts();
  private readonly skipped: Counts = noCounts();
  private readonly refused: Counts = noCounts();
  private readonly firstLine: Counts = noCounts();
  private readonly incidents = new Set<string>();
  private readonly unresolved = new Map<string, { rows: number; rowsWithParty: number }>();
  private unresolvedRows = 0;

  get rowsRead(): number {
    return this.read;
  }

  countRead(item: Item): void {
    this.read += 1;
    this.countUnresolved(item);
    if ('skipped' in item) increment(this.skipped, item.skipped);
    else if ('broken' in item) this.refuse(item.broken, item.number);
    else this.countEvent(item);
  }

  countStored(type: string): void {
    increment(this.stored, type);
  }

  countAlreadyImported(): void {
    this.alreadyImported += 1;
  }

  countDiffering(): void {
    this.differing += 1;
  }

  countReplaced(): void {
    this.replaced += 1;
  }

  countRefused({ status, problem }: LineResult, { number }: EventItem): void {
    this.refuse(problem?.detail ?? problem?.title ?? problem?.type ?? `status ${status}`, number);
  }

  report(): Report {
    const top = [...this.unresolved]
      .map(([name, counts]) => ({ name, ...counts }))
      .sort((a, b) => b.rowsWithParty - a.rowsWithParty || b.rows - a.rows || (a.name < b.name ? -1 : 1));
    return {
      read: this.read,
      events: this.events,
      stored: this.stored,
      joined: this.joined,
      alreadyImported: this.alreadyImported,
      differing: this.differing,
      replaced: this.replaced,
      skipped: this.skipped,
      refused: this.refused,
      firstLine: this.firstLine,
      unresolvedNames: { names: top.length, rows: this.unresolvedRows, top: top.slice(0, TOP_NAMES) },
    };
  }

  private refuse(says: string, line: number | undefined): void {
    const isListed = says in this.refused || Object.keys(this.refused).length < MAX_REASONS;
    const reason = isListed ? says : OTHER_REASONS;
    increment(this.refused, reason);
    if (line !== undefined) this.firstLine[reason] ??= line;
  }

  /** Without an incident of its own an event is one, under its own id. */
  private countEvent({ type, eventId, incidentId = eventId }: EventItem): void {
    increment(this.events, type);
    if (this.incidents.has(incidentId)) this.joined += 1;
    this.incidents.add(incidentId);
  }

  private countUnresolved({ unresolved }: Item): void {
    if (unresolved === undefined || unresolved.names.length === 0) return;
    this.unresolvedRows += 1;
    for (const name of new Set(unresolved.names)) {
      const counts = this.unresolved.get(name) ?? { rows: 0, rowsWithParty: 0 };
      counts.rows += 1;
      if (unresolved.withParty) counts.rowsWithParty += 1;
      this.unresolved.set(name, counts);
    }
  }
}

const increment = (counts: Counts, key: string): void => {
  counts[key] = (counts[key] ?? 0) + 1;
};

const sum = (counts: Counts): number => Object.values(counts).reduce((total, count) => total + count, 0);

/** The report for people. */
export const printed = (report: Report, isDryRun: boolean): string =>
  [
    `read              ${report.read}`,
    ...table(isDryRun ? 'would be sent     ' : 'stored            ', isDryRun ? report.events : report.stored),
    `joined            ${report.joined} (reports of an incident that an earlier row reports too)`,
    ...(isDryRun ? [] : outcome(report)),
    ...table('skipped           ', report.skipped),
    ...table('refused           ', report.refused, report.firstLine),
    ...unresolved(report),
  ].join('\n');

const outcome = ({ alreadyImported, differing, replaced }: Report): string[] => [
  `already imported  ${alreadyImported}`,
  `differing         ${differing}${differing > 0 ? ' (there with other content, left; --replace corrects them)' : ''}`,
  ...(replaced > 0 ? [`replaced          ${replaced}`] : []),
];

const table = (title: string, counts: Counts, firstLine: Counts = {}): string[] => [
  title + sum(counts),
  ...Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([key, count]) => `  ${String(count).padStart(8)}  ${key}${at(firstLine[key])}`),
];

const at = (line: number | undefined): string => (line === undefined ? '' : ` (first in line ${line})`);

const unresolved = ({ unresolvedNames: { names, rows, top } }: Report): string[] =>
  names === 0
    ? []
    : [
        `names unresolved  ${names} in ${rows} rows (actors that no rule gives a code)`,
        ...top.map(
          ({ name, rows: its, rowsWithParty }) =>
            `  ${String(its).padStart(8)}  ${name}${rowsWithParty > 0 ? `, ${rowsWithParty} of them opposite a party of --about` : ''}`,
        ),
      ];
