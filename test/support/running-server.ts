import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { openSqliteLog } from '#event-log';
import { initKeys } from '#notary';
import { readConfig } from '../../apps/api/src/config';
import { type Server, startServer } from '../../apps/api/src/server';

/** A whole server on a free loopback port with a record of its own. */
export interface RunningServer {
  readonly url: string;
  readonly dataDir: string;
  readonly routes: Server['routes'];
  readonly needs: Server['needs'];
  /** supertest against it. */
  readonly http: ReturnType<typeof request>;
  /** Stops and starts it again on the same record. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** How a server differs from the default one. */
export interface TestServerOptions {
  /** Of the environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Before it starts, in its data folder: where keys are made. */
  readonly prepare?: (dataDir: string) => Promise<void>;
}

export async function startTestServer(clock?: () => number, options: TestServerOptions = {}): Promise<RunningServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-'));
  await options.prepare?.(dataDir);
  return serve(dataDir, clock, options.env);
}

/** One that signs its tree heads. `log.vkey` in its data folder has the public keys, `recovery.key` the other one. */
export const startSigningServer = (clock?: () => number): Promise<RunningServer> =>
  startTestServer(clock, {
    async prepare(dataDir) {
      const log = await openSqliteLog({ dataDir, instance: 'test', build: 'test', origin: 'log.example' });
      await initKeys(dataDir, 'log.example', join(dataDir, 'recovery.key'));
      await log.close();
    },
  });

async function serve(dataDir: string, clock?: () => number, env?: NodeJS.ProcessEnv): Promise<RunningServer> {
  let server = await start(dataDir, clock, env);
  return {
    get url() {
      return server.url;
    },
    dataDir,
    get routes() {
      return server.routes;
    },
    get needs() {
      return server.needs;
    },
    get http() {
      return request(server.url);
    },
    async restart() {
      await server.close();
      server = await start(dataDir, clock, env);
    },
    async stop() {
      await server.close();
      for (const folder of [dataDir, `${dataDir}-access`]) rmSync(folder, { recursive: true, force: true });
    },
  };
}

const start = (dataDir: string, clock?: () => number, env: NodeJS.ProcessEnv = {}): Promise<Server> =>
  startServer(readConfig({ PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'error', INSTANCE_ID: 'test', ...env }), clock);
