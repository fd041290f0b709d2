import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { clientOf } from './client-of';
import { crisisOption } from './crisis-option';
import { ServerUnreachable, UsageError } from './exit-codes';
import { urlOption } from './url-option';

interface Flags {
  readonly crisis: string;
  readonly url: string;
  readonly out?: string;
}

export const exportCommand = (): Command =>
  new Command('export')
    .description('Write all events of a crisis as NDJSON, which "import ndjson" takes again.')
    .addOption(crisisOption('crisis to export').makeOptionMandatory())
    .addOption(urlOption())
    .option('--out <file>', 'write here instead of to the standard output')
    .action(runExport);

async function runExport({ crisis, url, out }: Flags): Promise<void> {
  const events = Readable.from(unlessBrokenOff(await clientOf(url).export(crisis)));
  if (out === undefined) return pipeline(events, process.stdout, { end: false }).catch(unlessReaderLeft);
  // A file of the given name is complete: an export that broke off keeps the name with `.part`.
  const part = `${out}.part`;
  const file = createWriteStream(part).on('error', () => undefined);
  await once(file, 'open').catch((error: Error) => {
    events.destroy(); // Else the unread answer would keep this program running.
    throw new UsageError(`cannot write ${part}: ${error.message}`);
  });
  await pipeline(events, file);
  await rename(part, out);
}

/** Turns a broken connection into an error that says that the export is not whole. */
async function* unlessBrokenOff(events: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* events;
  } catch (error) {
    throw new ServerUnreachable(`the answer broke off, and is not whole: ${(error as Error).message}`);
  }
}

/** `export | head` closes its end when it has enough: no error. */
function unlessReaderLeft(error: Error & { code?: string }): void {
  if (error.code !== 'EPIPE') throw error;
}
