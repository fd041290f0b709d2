import 'reflect-metadata';
import { ConsoleLogger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { guardRoutes, type Needed } from './access/guard';
import { RateLimits } from './access/rate-limits';
import { AppModule } from './app.module';
import { appendRoutes } from './append/append.route';
import { refuseAltered } from './audit/refuse-altered';
import { BUILD } from './build';
import type { Config } from './config';
import { takeBodies } from './http/bodies';
import { connectionsOf, drain } from './http/drain';
import { answerExpectations } from './http/expectations';
import { httpAdapter } from './http/http-adapter';
import { ProblemFilter } from './http/problem.filter';
import { checkRequests } from './http/request-checks';
import { gatherRoutes, refuseOtherMethods, type Routes } from './http/routes';
import { sayHowOld } from './http/say-how-old';
import { secureHeaders } from './http/security-headers';
import { openParts, type Parts } from './open-parts';

export interface Server {
  readonly url: string;
  readonly logId: string;
  readonly build: string;
  readonly routes: Routes;
  readonly needs: Needed;
  /** There are no credentials: everyone who reaches the server may do everything. */
  readonly isOpen: boolean;
  /** Resolves when requests under way are answered, or were cut off, and the record is released. */
  close(): Promise<void>;
}

/** Rejects when it cannot listen or a part cannot be opened; nothing then stays open. */
export async function startServer(config: Config, clock: () => number = Date.now): Promise<Server> {
  await using open = new AsyncDisposableStack();
  const server = await serve(await openParts(config, clock, open), open);
  const whole = open.move();
  return { ...server, close: () => whole.disposeAsync() };
}

async function serve({ context, failed }: Parts, open: AsyncDisposableStack): Promise<Omit<Server, 'close'>> {
  const { config, log, credentials, feed } = context;
  const adapter = httpAdapter(config.trustedProxies);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(context), adapter, {
    bodyParser: false,
    logger: loggerOf(config),
  });
  app.useGlobalFilters(new ProblemFilter());
  const fastify = adapter.getInstance<FastifyInstance>();
  const connections = connectionsOf(fastify.server);
  const routes = gatherRoutes(fastify);
  const needs = checkAll(fastify, { context, failed });
  appendRoutes(fastify, context);
  await app.init();
  refuseOtherMethods(fastify, routes);
  // Not Nest's own `listen`: that would print what this function rejects with.
  const url = await fastify.listen({ port: config.port, host: config.host });
  open.defer(() => drain(fastify.server, connections, app.close()));
  open.defer(() => feed.close());
  return { url, logId: log.logId, build: BUILD, routes, needs, isOpen: credentials.isOpen };
}

/** What every request goes through before its route, in this order. */
function checkAll(fastify: FastifyInstance, { context, failed }: Pick<Parts, 'context' | 'failed'>): Needed {
  const { config, credentials, log, metrics, notary } = context;
  metrics.measure(fastify);
  secureHeaders(fastify);
  // Before anything is refused: the body of a refused request must arrive in time as well.
  takeBodies(fastify);
  checkRequests(fastify, config.allowedHosts);
  const needs = guardRoutes(fastify, credentials, new RateLimits(config.rateLimit), failed);
  refuseAltered(fastify, notary);
  answerExpectations(fastify);
  sayHowOld(fastify, log);
  return needs;
}

const loggerOf = ({ logLevel }: Config): ConsoleLogger =>
  new ConsoleLogger({
    prefix: 'crisis-log',
    colors: process.stdout.isTTY,
    logLevels: logLevel === 'warn' ? ['warn', 'error', 'fatal'] : ['error', 'fatal'],
  });
