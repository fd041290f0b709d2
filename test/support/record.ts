import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStoreLog, type EventStoreLogOptions, openEventStoreLog } from '#event-log/eventstoredb';

/** The server that tests may write to. Each record in it has a namespace of its own, so that they share it. */
const URL = process.env['EVENTSTOREDB_URL'];

/** Describes what needs a real EventStoreDB; says so, loudly, where none is named. */
export function describeOnRecord(what: string, tests: () => void): void {
  if (URL) return describe(what, tests);
  const name = `${what}: SKIPPED, set EVENTSTOREDB_URL (as esdb://127.0.0.1:2113?tls=false) to run it`;
  console.warn(name);
  describe.skip(name, tests);
}

export interface RecordUnderTest {
  /** Another instance on the same record each time `dataDir` is another. */
  open(options?: Partial<EventStoreLogOptions>): Promise<EventStoreLog>;
  readonly url: string;
  readonly namespace: string;
  dataDir(): string;
  dispose(): Promise<void>;
}

/** A record that starts empty, and a data folder for its mirror. */
export async function eventstoredb(url = URL!): Promise<RecordUnderTest> {
  const namespace = `t${randomBytes(6).toString('hex')}-`;
  const folders: string[] = [];
  const dataDir = () => {
    const folder = mkdtempSync(join(tmpdir(), 'crisis-log-'));
    folders.push(folder);
    return folder;
  };
  const first = dataDir();
  return {
    url,
    namespace,
    dataDir,
    // A test with a clock of its own is about that clock.
    open: (options = {}) =>
      openEventStoreLog({
        url,
        namespace,
        dataDir: first,
        instance: 'i1',
        build: '1.0.0',
        ...(options.clock && { clockToleranceMs: Infinity }),
        ...options,
      }),
    dispose: async () => folders.forEach((folder) => rmSync(folder, { recursive: true })),
  };
}
