import { Controller, Delete, Get, Header, HttpCode, Inject, Post, Put, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FEED_START, type FeedPlace } from '#projections';
import { Needs } from '../access/needs';
import { Context } from '../app.context';
import { feedQuery } from '../feed/feed-query';
import { leftBy } from '../http/left-by';
import { numberParameter, onlyKnown, type Query as Parameters } from '../http/parameters';
import { type Reader, readerOf } from '../access/caller';
import { Problem } from '../http/problem';
import type { Consumer } from './consumer';
import { acknowledge, refuse, replay } from './consumer-decisions';
import { askedAcknowledgement, askedConsumer, askedRefusal, askedReplay, nameOf } from './consumer-request';
import type { ConsumerDefinition } from './consumer-state';
import { requireMade } from './consumers';
import { toldBatch, toldConsumer, toldParked } from './consumer-answers';

const LIMIT = { min: 1, max: 100, default: 10 };
const LEASE_SECONDS = { min: 1, max: 3600, default: 30 };
const WAIT_SECONDS = { min: 0, max: 30, default: 0 };
const MAX_DELAY_MS = 300_000;

/** For clients that act on events and cannot keep a cursor: the record keeps it, and who works on what. */
@Controller('v1/consumers/:name')
export class ConsumersController {
  constructor(@Inject(Context) private readonly context: Context) {}

  /** Durable when it is answered; the same again changes nothing. */
  @Put()
  @Needs('consumers:use')
  @Header('content-type', 'application/json')
  async make(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const consumer = this.#named(request);
    const { start, ...asked } = askedConsumer(request);
    const definition = { level: readerOf(request, asked.crisis).level, ...asked };
    const at = await this.#placeOf(request, definition, start);
    await this.context.consumers.enrol(...nameOf(request));
    const made = await consumer.decide((state) => {
      if (state.definition && !isSame(state.definition, definition))
        throw new Problem(
          'consumer-exists',
          'You have a consumer of this name with other filters, or of another level.',
        );
      return state.definition ? undefined : { type: 'Made', definition, at };
    });
    void reply.code(made ? 201 : 200);
    return this.#told(request, consumer);
  }

  @Get()
  @Needs('consumers:use')
  @Header('content-type', 'application/json')
  async show(@Req() request: FastifyRequest): Promise<string> {
    return this.#told(request, await this.#latest(request));
  }

  @Delete()
  @Needs('consumers:use')
  @Header('content-type', 'application/json')
  async remove(@Req() request: FastifyRequest): Promise<string> {
    const consumer = this.#named(request);
    const removed = await consumer.decide(({ definition }) => definition && { type: 'Removed' });
    if (!removed) throw new Problem('consumer-not-found', 'You have no consumer of this name.');
    return '{"removed":true}';
  }

  /** Leases the next items of one crisis, in order. HEAD leases nothing. */
  @Get('next')
  @Needs('consumers:use')
  @Header('content-type', 'application/json')
  async next(
    @Query() query: Parameters,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    onlyKnown(query, ['limit', 'lease', 'wait']);
    const limit = numberParameter(query, 'limit', LIMIT);
    const leaseMs = numberParameter(query, 'lease', LEASE_SECONDS) * 1000;
    const waitMs = numberParameter(query, 'wait', WAIT_SECONDS) * 1000;
    const consumer = await this.#latest(request);
    if (request.method === 'HEAD') return toldBatch(undefined);
    const reader = this.#reader(request, consumer);
    const asked = { limit, leaseMs, waitMs, left: leftBy(reply) };
    return toldBatch(await this.context.consumers.next(consumer, reader, asked));
  }

  @Post('ack')
  @HttpCode(200)
  @Needs('consumers:use')
  @Header('content-type', 'application/json')
  async acknowledge(@Req() request: FastifyRequest): Promise<string> {
    const { lease, through } = askedAcknowledgement(request);
    const consumer = await this.#latest(request);
    const done = await consumer.decide((state) => acknowledge(state, lease, through));
    if (done?.type !== 'Acknowledged') throw leaseLost();
    return JSON.stringify({ acknowledged: done.count });
  }

  @Post('nack')
  @HttpCode(200)
  @Needs('consumers:use')
  @Header('content-type', 'application/json')
  async refuse(@Req() request: FastifyRequest): Promise<string> {
    const { lease, delaySeconds } = askedRefusal(request);
    const consumer = await this.#latest(request);
    const delayMs = (attempts: number): number =>
      delaySeconds === undefined ? Math.min(1000 * 2 ** attempts, MAX_DELAY_MS) : delaySeconds * 1000;
    const refused = await consumer.decide((state) => refuse(state, lease, { now: this.context.clock(), delayMs }));
    if (!refused) throw leaseLost();
    return JSON.stringify(
      refused.type === 'Refused' ? { retryAt: new Date(refused.retryAt).toISOString() } : { parked: true },
    );
  }

  @Get('parked')
  @Needs('consumers:use')
  @Header('content-type', 'application/json')
  async parked(@Req() request: FastifyRequest): Promise<string> {
    return toldParked((await this.#latest(request)).state.parked);
  }

  @Post('parked/replay')
  @HttpCode(200)
  @Needs('consumers:use')
  @Header('content-type', 'application/json')
  async replay(@Req() request: FastifyRequest): Promise<string> {
    const { ids } = askedReplay(request);
    const consumer = await this.#latest(request);
    const entry = await consumer.decide((state) => replay(state, ids));
    return JSON.stringify({ replayed: entry?.type === 'Replayed' ? entry.ids : [] });
  }

  #named(request: FastifyRequest): Consumer {
    return this.context.consumers.of(...nameOf(request));
  }

  /** As the record has it now. @throws Problem when it is not there, or of another level */
  async #latest(request: FastifyRequest): Promise<Consumer> {
    const consumer = this.#named(request);
    await consumer.inTurn(async () => this.#reader(request, consumer));
    return consumer;
  }

  /** Who asks, at the level that holds where the consumer reads. */
  #reader(request: FastifyRequest, consumer: Consumer): Reader {
    const reader = readerOf(request, consumer.state.definition?.crisis);
    requireMade(consumer, reader);
    return reader;
  }

  async #placeOf(request: FastifyRequest, definition: ConsumerDefinition, start: string): Promise<FeedPlace> {
    const { crisis, type, actor } = definition;
    const query = feedQuery({ type, actor }, readerOf(request, crisis), crisis);
    // 404 for a crisis that the reader may not know of.
    const end = await this.context.feed.end(query);
    if (start === 'head') return end;
    if (start === 'beginning') return FEED_START;
    const { filter, reader } = query;
    const use = { kind: 'point', level: reader.level, filter, toFollow: true } as const;
    const { position, index } = this.context.tokens.open(start, 'start', use);
    return { position, index };
  }

  #told(request: FastifyRequest, consumer: Consumer): string {
    return toldConsumer(nameOf(request)[1], consumer.state);
  }
}

const isSame = (one: ConsumerDefinition, other: ConsumerDefinition): boolean =>
  (['level', 'crisis', 'type', 'actor', 'maxAttempts'] as const).every((name) => one[name] === other[name]);

const leaseLost = (): Problem =>
  new Problem('lease-lost', 'The lease has ended, or does not have the item that `through` names.');
