import { open as openFile, readFile } from 'node:fs/promises';
import { type CrisisLog, type LineResult, type NewCrisis, Refused } from '#client';
import { decompress, fitTo, type Frame, LineTooLong, readNdjson, UnknownLayout } from '#sources';
import { UsageError } from './exit-codes';
import { frameIn } from './frame-in';
import { ImportTally, type Report } from './import-report';
import type { Progress } from './progress';
import { type Format, type Item, readFeed } from './read-items';
import { EventSender } from './send-events';

export interface ImportOptions {
  readonly format: Format;
  readonly file: string;
  readonly crisisId: string;
  /** Actor codes; absent: the crisis's first side. */
  readonly about?: readonly string[];
  /** Map and count, send nothing. */
  readonly dryRun: boolean;
  /** Of a dry run: a file with the crisis's lists, instead of asking the server. */
  readonly frameFile?: string;
  /** Correct what is there with other content. */
  readonly replace: boolean;
}

/**
 * Sends the rows of a file to the log and says what became of them. Ids are made from the rows, so an import that broke
 * off is continued by running it again.
 * @throws UsageError, Refused, Unanswered
 */
export const importFile = async (
  options: ImportOptions,
  client: CrisisLog,
  progressOf: (totalBytes: number) => Progress,
): Promise<Report> => {
  const { file, format } = options;
  const opened = await openFile(file).catch(unreadable(file));
  const found = await opened.stat();
  const input = opened.createReadStream();
  const tally = new ImportTally();
  const sender = options.dryRun ? undefined : new EventSender(client, options.crisisId, tally, options.replace);
  const bytes = decompress(input as AsyncIterable<Buffer>);
  using progress = progressOf(found.size);
  try {
    if (!found.isFile()) throw new UsageError(`cannot read ${file}: it is not a file`);
    const items =
      format === 'ndjson'
        ? readNdjson(bytes)
        : readFeed(format, bytes, fitTo(await frameOf(options, client), options.about));
    for await (const item of items) {
      if (tally.rowsRead === 0 && sender !== undefined && format === 'ndjson')
        await enter(item, options, client, tally, sender);
      else await handle(item, tally, sender);
      progress.update(input.bytesRead, tally.rowsRead);
    }
    await sender?.flush();
  } catch (error) {
    throw isOfTheFile(error) ? new UsageError(`${file}: ${error.message}${wayOn(tally)}`) : error;
  } finally {
    input.destroy();
  }
  return tally.report();
};

const handle = async (item: Item, tally: ImportTally, sender: EventSender | undefined): Promise<void> => {
  tally.countRead(item);
  if ('json' in item) await sender?.send(item);
};

/** The first line of a log may open the crisis; whatever it is, the crisis must be there after it. */
const enter = async (
  item: Item,
  { crisisId }: ImportOptions,
  client: CrisisLog,
  tally: ImportTally,
  sender: EventSender,
): Promise<void> => {
  const isThere = (await frameOfCrisis(crisisId, client)) !== undefined;
  if (!('json' in item) || item.type !== 'CrisisOpened') {
    if (!isThere) throw noCrisis(crisisId);
    return handle(item, tally, sender);
  }
  tally.countRead(item);
  const result = await open(item.json, crisisId, client);
  if (isThere && result.status >= 300) return tally.countDiffering();
  if (result.status >= 300)
    throw new UsageError(`cannot open the crisis: ${reasonOf(result.problem) ?? result.status}`);
  sender.count(result, item);
};

const reasonOf = (problem: { readonly detail?: string; readonly title?: string } | undefined): string | undefined =>
  problem?.detail ?? problem?.title;

const frameOf = async ({ crisisId, frameFile }: ImportOptions, client: CrisisLog): Promise<Frame> => {
  if (frameFile !== undefined) return frameOfFile(frameFile);
  const frame = await frameOfCrisis(crisisId, client);
  if (frame === undefined) throw noCrisis(crisisId);
  return frame;
};

const frameOfFile = async (file: string): Promise<Frame> => {
  const text = await readFile(file, 'utf8').catch(unreadable(file));
  try {
    return frameIn(JSON.parse(text));
  } catch (error) {
    throw new UsageError(`${file} is no frame of a crisis: ${(error as Error).message}`);
  }
};

const frameOfCrisis = async (crisisId: string, client: CrisisLog): Promise<Frame | undefined> => {
  try {
    return frameIn(await client.crisis(crisisId));
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
};

const open = async (json: string, crisisId: string, client: CrisisLog): Promise<LineResult> => {
  try {
    const { repeated } = await client.open({ ...(JSON.parse(json) as NewCrisis), crisisId });
    return { status: repeated ? 200 : 201 };
  } catch (error) {
    if (error instanceof Refused) return { status: error.status, problem: error.problem };
    throw error;
  }
};

const wayOn = ({ rowsRead }: ImportTally): string =>
  rowsRead === 0 ? '' : ` after ${rowsRead} rows; with the file mended, running it again continues`;

const noCrisis = (crisisId: string): UsageError =>
  new UsageError(
    `there is no crisis ${crisisId}: open it with POST /v1/crises, or with "import ndjson" of a file that begins with its CrisisOpened`,
  );

const unreadable = (file: string) => (error: Error) => {
  throw new UsageError(`cannot read ${file}: ${error.message}`);
};

/** Errors that say that the file is not what it should be, rather than that this program is wrong. */
const isOfTheFile = (error: unknown): error is Error =>
  error instanceof UnknownLayout ||
  error instanceof LineTooLong ||
  (error instanceof Error && /^(Z_|CSV_|ERR_STREAM_PREMATURE_CLOSE)/.test(String((error as { code?: unknown }).code)));
