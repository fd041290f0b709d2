import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { AS_OUTSIDE } from './cli';
import { ROOT } from './fixture';

/** The server as its operator starts it: a process of its own, which may be killed. */
export interface ServerProcess {
  readonly url: string;
  readonly process: ChildProcess;
  /** SIGKILL: no chance to tidy up. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  drain(): Promise<number | null>;
}

const SERVER = join(ROOT, 'bin', 'crisis-log-server.js');
const ON_RECORD = join(__dirname, 'record-server.js');

/** On an EventStoreDB that others use as well. */
export const spawnServerOnRecord = (
  dataDir: string,
  url: string,
  namespace: string,
  env: NodeJS.ProcessEnv = {},
): Promise<ServerProcess> =>
  spawnServer(
    dataDir,
    { EVENTSTOREDB_URL: url, RECORD_NAMESPACE: namespace, INSTANCE_ID: namespace, ...env },
    ON_RECORD,
  );

export async function spawnServer(
  dataDir: string,
  env: NodeJS.ProcessEnv = {},
  program = SERVER,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [program], {
    env: { ...AS_OUTSIDE, PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Not `exit`: what it wrote last may still be on its way then.
  const exited = once(child, 'close') as Promise<[number | null]>;
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const url = await firstUrl(child);
  if (url === undefined) throw new Error(`the server ended with ${(await exited)[0]}: ${errors}`);
  return {
    url,
    process: child,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async drain() {
      child.kill('SIGTERM');
      return (await exited)[0];
    },
  };
}

async function firstUrl(child: ChildProcess): Promise<string | undefined> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const url = /listening on (http:\S+)/.exec(line)?.[1];
    if (url) {
      child.stdout!.resume();
      return url;
    }
  }
  return undefined;
}
