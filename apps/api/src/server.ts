import 'reflect-metadata';
import { mkdirSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { openSqliteLog } from '#event-log';
import { AppModule } from './app.module';
import { appendRoutes } from './append/append.route';
import { BUILD } from './build';
import type { Config } from './config';
import { takeBodies } from './http/bodies';
import { ProblemFilter } from './http/problem.filter';
import { drain } from './http/drain';
import { checkRequests } from './http/request-checks';
import { loadTokenKeys, Tokens } from './http/tokens';
import { ViewEngine } from './views/view-engine';

export interface Server {
  readonly url: string;
  readonly logId: string;
  readonly build: string;
  /** Resolves when every accepted request is answered and the record is released. */
  close(): Promise<void>;
}

/** Slower senders are cut off, so that half-open clients cannot hold the server. */
const HEADERS_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

export async function startServer(config: Config, clock: () => number = Date.now): Promise<Server> {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const log = await openSqliteLog({ dataDir: config.dataDir, instance: config.instance, build: BUILD, clock });
  const tokenKeys = loadTokenKeys(config.tokenKeys, config.dataDir);
  const tokens = new Tokens(tokenKeys, log.logId);
  const views = await ViewEngine.start({ dataDir: config.dataDir, tokenKeys, logId: log.logId });
  const adapter = new FastifyAdapter({
    bodyLimit: Number.MAX_SAFE_INTEGER,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    // What still arrives while draining is answered, on connections that then close.
    return503OnClosing: false,
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with({ config, log, tokens, views, clock }),
    adapter,
    {
      bodyParser: false,
      logger: config.logLevel === 'warn' ? ['warn', 'error', 'fatal'] : ['error', 'fatal'],
    },
  );
  const fastify = adapter.getInstance<FastifyInstance>();
  fastify.server.headersTimeout = HEADERS_TIMEOUT_MS;
  app.useGlobalFilters(new ProblemFilter());
  checkRequests(fastify, config.allowedHosts);
  takeBodies(fastify);
  appendRoutes(fastify, { log, tokens, views, clock });
  await app.listen(config.port, config.host);
  return {
    url: await app.getUrl(),
    logId: log.logId,
    build: BUILD,
    async close() {
      await drain(fastify.server, app.close());
      await views.close();
      await log.close();
    },
  };
}
