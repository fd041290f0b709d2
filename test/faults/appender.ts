import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventLogError, openReader, openSqliteLog, SqliteEventLog } from '#event-log';
import { append, newEvent } from '../contract/new-event';
import { idsOf, streamOf } from './history';

/** Told to the parent, one JSON a line. */
type Report =
  | { readonly opened: number }
  | { readonly refused: string }
  | { readonly client: number; readonly append: number; readonly result: readonly object[] }
  | { readonly failed: string; readonly canRead: boolean }
  | { readonly stored: readonly object[] };

/** Written at once: what is in the pipe outlives this process. */
function report(line: Report): void {
  let bytes = Buffer.from(`${JSON.stringify(line)}\n`);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(1, bytes));
    } catch (error) {
      if ((error as { code?: string }).code !== 'EAGAIN') throw error; // The pipe is full: the parent will read.
    }
  }
}

/**
 * Clients that append without end and retry until they have an answer, for a parent that breaks things.
 * Arguments: data folder, then for each client the number of its next append. On SIGTERM it drains and tells what
 * is stored.
 */
async function main([dataDir = '', ...nexts]: string[]): Promise<void> {
  const before = performance.now();
  const log = await openSqliteLog({ dataDir, instance: 'child', build: '1.0.0' });
  report({ opened: performance.now() - before });
  let isStopping = false;
  process.on('SIGTERM', () => (isStopping = true));

  await Promise.all(
    nexts.map(async (next, client) => {
      for (let n = Number(next); !isStopping; n++) await appendUntilAnswered(log, client, n, () => isStopping);
    }),
  );
  await log.close();
  report({ stored: Array.from(openReader(dataDir).readAll(), ({ body: _body, ...event }) => event) });
}

async function appendUntilAnswered(log: SqliteEventLog, client: number, n: number, isStopping: () => boolean) {
  const request = append(
    streamOf(client),
    idsOf(client, n).map((id) => newEvent({ id, content: { summary: 'x'.repeat(500) } })),
  );
  while (!isStopping()) {
    try {
      return report({ client, append: n, result: await log.append(request) });
    } catch (error) {
      if (!(error instanceof EventLogError)) throw error;
      report({ failed: error.type, canRead: [...log.readAll({ maxCount: 3 })].length > 0 });
      await sleep(20);
    }
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  report({ refused: error instanceof EventLogError ? error.type : String(error) });
  process.exitCode = 1;
});
