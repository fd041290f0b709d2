import 'reflect-metadata';
import { mkdirSync } from 'node:fs';
import { ConsoleLogger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { openRecord } from '#event-log';
import { AppModule } from './app.module';
import { appendRoutes } from './append/append.route';
import { NotaryEngine } from './audit/notary-engine';
import { refuseAltered } from './audit/refuse-altered';
import { BUILD } from './build';
import { Credentials, hasKeys } from './access/credentials';
import { FailedCredentials } from './access/failed-credentials';
import { guardRoutes, type Needed } from './access/guard';
import { fetchKeySet, IssuerKeys } from './access/issuer-keys';
import { JwtVerifier } from './access/jwt';
import { RateLimits } from './access/rate-limits';
import { RedReads } from './access/red-reads';
import { Sessions } from './access/sessions';
import { Streams } from './access/streams';
import { type Config, requireCredentials } from './config';
import { Consumers } from './consumers/consumers';
import { Feed } from './feed/feed';
import { takeBodies } from './http/bodies';
import { answerExpectations } from './http/expectations';
import { ProblemFilter } from './http/problem.filter';
import { answerMalformedAddress, answerMalformedRequest } from './http/malformed-requests';
import { drain } from './http/drain';
import { checkRequests } from './http/request-checks';
import { sayHowOld } from './http/say-how-old';
import { secureHeaders } from './http/security-headers';
import { gatherRoutes, refuseOtherMethods, type Routes } from './http/routes';
import { loadTokenKeys, Tokens } from './http/tokens';
import { ViewEngine } from './views/view-engine';

export interface Server {
  readonly url: string;
  readonly logId: string;
  readonly build: string;
  readonly routes: Routes;
  readonly needs: Needed;
  /** Without credentials: whoever reaches it may everything. */
  readonly isOpen: boolean;
  /** Resolves when requests under way are answered, or were cut off, and the record is released. */
  close(): Promise<void>;
}

/** Slower senders are cut off, so that half-open clients cannot hold the server; `takeBodies` has the limit of bodies. */
const HEADERS_TIMEOUT_MS = 10_000;
const TIMEOUT_CHECKS_MS = 5_000;
/** A connection on which nothing moves; streams have a heartbeat. */
const IDLE_MS = 120_000;
const MAX_CONNECTIONS = 10_000;
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

export async function startServer(config: Config, clock: () => number = Date.now): Promise<Server> {
  const { dataDir, headsFile, instance, eventStoreDb } = config;
  // Before anything is made: who is refused leaves no record behind. Which keys EventStoreDB has it must be asked.
  if (eventStoreDb === undefined) requireCredentials(config, () => hasKeys(dataDir));
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const log = await openRecord({ dataDir, instance, build: BUILD, clock }, eventStoreDb);
  const tokenKeys = loadTokenKeys(config.tokenKeys, config.dataDir);
  const sessions = new Sessions(tokenKeys);
  const failed = new FailedCredentials(new RateLimits(config.failureLimit));
  const credentials = new Credentials({ dataDir, clock, sessions, jwt: verifierOf(config, clock), failed });
  requireCredentials(config, () => !credentials.isOpen);
  const notary = await NotaryEngine.start({ dataDir, headsFile }).catch(async (error: unknown) => {
    await log.close();
    throw error;
  });
  const { logId } = log;
  const { epoch } = notary;
  const tokens = new Tokens(tokenKeys, logId, epoch);
  const redReads = new RedReads(config.accessLog, clock, config.isAccessLogSet);
  const views = await ViewEngine.start({ dataDir, tokenKeys, logId, epoch }, redReads);
  const streams = new Streams();
  const feed = new Feed(log, views);
  const consumers = new Consumers({ feed, log, clock });
  notary.onFault(() => feed.close());
  const adapter = new FastifyAdapter({
    bodyLimit: Number.MAX_SAFE_INTEGER,
    trustProxy: config.trustedProxies.length > 0 && [...config.trustedProxies],
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    connectionTimeout: IDLE_MS,
    // A missing `Host` is refused where a wrong one is, as a problem.
    http: { connectionsCheckingInterval: TIMEOUT_CHECKS_MS, requireHostHeader: false },
    forceCloseConnections: 'idle',
    frameworkErrors: answerMalformedAddress,
    clientErrorHandler: answerMalformedRequest,
    // What still arrives while draining is answered, on connections that then close.
    return503OnClosing: false,
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with({ config, log, tokens, views, credentials, sessions, streams, feed, consumers, notary, clock }),
    adapter,
    {
      bodyParser: false,
      logger: new ConsoleLogger({
        prefix: 'crisis-log',
        colors: process.stdout.isTTY,
        logLevels: config.logLevel === 'warn' ? ['warn', 'error', 'fatal'] : ['error', 'fatal'],
      }),
    },
  );
  const fastify = adapter.getInstance<FastifyInstance>();
  fastify.server.headersTimeout = HEADERS_TIMEOUT_MS;
  fastify.server.maxConnections = MAX_CONNECTIONS;
  app.useGlobalFilters(new ProblemFilter());
  const routes = gatherRoutes(fastify);
  secureHeaders(fastify);
  // Before anything is refused: what still comes then has its time too.
  takeBodies(fastify);
  checkRequests(fastify, config.allowedHosts);
  const needs = guardRoutes(fastify, credentials, new RateLimits(config.rateLimit), failed);
  refuseAltered(fastify, notary);
  answerExpectations(fastify);
  sayHowOld(fastify, log);
  appendRoutes(fastify, { log, tokens, views, streams, clock });
  await app.init();
  refuseOtherMethods(fastify, routes);
  return {
    // Not Nest's own `listen`: that would print what this function rejects with.
    url: await fastify.listen({ port: config.port, host: config.host }),
    logId: log.logId,
    build: BUILD,
    routes,
    needs,
    isOpen: credentials.isOpen,
    async close() {
      feed.close();
      await drain(fastify.server, app.close());
      await views.close();
      credentials.close();
      await notary.close();
      await redReads.close();
      await log.close();
    },
  };
}

const verifierOf = ({ jwt }: Config, clock: () => number): JwtVerifier | undefined =>
  jwt && new JwtVerifier(jwt, new IssuerKeys(() => fetchKeySet(jwt.jwksUrl)), clock);
