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
  /** supertest against it. */
  readonly http: ReturnType<typeof request>;
  /** Stops and starts it again on the same record. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestServer(clock?: () => number): Promise<RunningServer> {
  return serve(mkdtempSync(join(tmpdir(), 'crisis-log-')), clock);
}

/** One that signs its tree heads. `log.vkey` in its data folder has the public keys, `recovery.key` the other one. */
export async function startSigningServer(clock?: () => number): Promise<RunningServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-'));
  const log = await openSqliteLog({ dataDir, instance: 'test', build: 'test', origin: 'log.example' });
  initKeys(dataDir, 'log.example', join(dataDir, 'recovery.key'));
  await log.close();
  return serve(dataDir, clock);
}

async function serve(dataDir: string, clock?: () => number): Promise<RunningServer> {
  let server = await start(dataDir, clock);
  return {
    get url() {
      return server.url;
    },
    dataDir,
    get routes() {
      return server.routes;
    },
    get http() {
      return request(server.url);
    },
    async restart() {
      await server.close();
      server = await start(dataDir, clock);
    },
    async stop() {
      await server.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const start = (dataDir: string, clock?: () => number): Promise<Server> =>
  startServer(readConfig({ PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'error', INSTANCE_ID: 'test' }), clock);
