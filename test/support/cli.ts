import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './fixture';

export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What a process is started with: the environment of its user is not that of these tests. */
export const AS_OUTSIDE: NodeJS.ProcessEnv = {
  PATH: process.env['PATH'],
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
};

/** `crisis-log` as its user runs it. */
export const cli = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CliRun> =>
  new Promise((resolve) => {
    const options = { env: { ...AS_OUTSIDE, ...env }, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [join(ROOT, 'bin', 'crisis-log.js'), ...args], options, (error, out, err) =>
      resolve({ code: (error?.code as number | undefined) ?? 0, out, err }),
    );
  });
