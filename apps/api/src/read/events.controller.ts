import { Controller, Get, Header, Headers, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Needs } from '../access/needs';
import { Context } from '../app.context';
import { requireCrisisId } from '../http/crisis-id';
import { requireEventId } from '../http/event-id';
import { actorParameter, typesParameter } from '../http/event-filters';
import { lineAnswer } from '../http/line-answer';
import { readerOf } from '../access/caller';
import { caughtUpTo } from '../http/at-least';
import {
  badParameter,
  numberParameter,
  onlyKnown,
  type Query as Parameters,
  textParameter,
  timeParameter,
} from '../http/parameters';
import type { EventsQuestion } from '../view-worker/read-request';

const PAGE = 100;
const MAX_PAGE = 1000;
/** Each is looked up in all events, and other reads wait meanwhile. */
const MAX_WORDS = 16;
const FILTERS = ['type', 'actor', 'from', 'to', 'q', 'correlationId'] as const;

/** The events of a crisis as they were appended, in the order in which they became known. */
@Controller('v1/crises/:crisisId/events')
export class EventsController {
  constructor(@Inject(Context) private readonly context: Context) {}

  /** A page `{events, next}`; with `Accept: application/x-ndjson` the whole, one event a line. */
  @Get()
  @Needs('log:read')
  async list(
    @Req() request: FastifyRequest,
    @Param('crisisId') crisisId: string,
    @Query() query: Parameters,
    @Headers('accept') accept = '',
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    onlyKnown(query, [...FILTERS, 'after', 'limit', 'atLeast']);
    const question = this.#question(request, crisisId, query);
    await caughtUpTo(this.context, query);
    if (accept.includes('application/x-ndjson')) {
      this.context.streams.take(request, reply);
      return lineAnswer(request, reply, this.#pages(question));
    }
    const page = await this.context.views.ask({ kind: 'events', ...question });
    const { etag } = JSON.parse(page.slice(0, page.indexOf('\n'))) as { etag: string };
    void reply.type('application/json').header('etag', etag);
    return page.slice(page.indexOf('\n') + 1);
  }

  /** One event with its amendments, and what of it is in force. */
  @Get(':eventId')
  @Needs('log:read')
  @Header('content-type', 'application/json')
  async one(
    @Req() request: FastifyRequest,
    @Param('crisisId') crisisId: string,
    @Param('eventId') eventId: string,
    @Query() query: Parameters,
  ): Promise<string> {
    onlyKnown(query, ['atLeast']);
    await caughtUpTo(this.context, query);
    return this.context.views.ask({
      kind: 'event',
      crisis: requireCrisisId(crisisId, 'crisisId'),
      eventId: requireEventId(eventId),
      reader: readerOf(request, crisisId),
    });
  }

  #question(request: FastifyRequest, crisisId: string, query: Parameters): EventsQuestion {
    const reader = readerOf(request, crisisId);
    const filter = FILTERS.map((name) => `${name}=${textParameter(query, name) ?? ''}`).join('&');
    const token = textParameter(query, 'after');
    const types = typesParameter(query);
    const actor = actorParameter(query);
    const words = wordsParameter(query);
    return {
      crisis: requireCrisisId(crisisId, 'crisisId'),
      reader,
      filter,
      after:
        token === undefined
          ? -1
          : this.context.tokens.open(token, 'after', { kind: 'page', level: reader.level, filter }).position,
      limit: numberParameter(query, 'limit', { min: 1, max: MAX_PAGE, default: PAGE }),
      format: 'page',
      ...(types && { types }),
      ...(actor !== undefined && { actor }),
      ...optional('from', timeParameter(query, 'from')),
      ...optional('to', timeParameter(query, 'to')),
      ...optional('words', words),
      ...optional('correlationId', textParameter(query, 'correlationId')),
    };
  }

  /**
   * Page after page, so that a crisis of any size takes constant memory; for a client that stops reading no more is
   * read.
   */
  async *#pages(question: EventsQuestion): AsyncGenerator<string> {
    const asked = { kind: 'events', ...question, limit: MAX_PAGE, format: 'lines' } as const;
    for (let after: number | null = question.after; after !== null;) {
      const page: string = await this.context.views.ask({ ...asked, after });
      const end = page.indexOf('\n');
      ({ next: after } = JSON.parse(page.slice(0, end)) as { next: number | null });
      if (page.length > end + 1) yield page.slice(end + 1);
    }
  }
}

function wordsParameter(query: Parameters): string | undefined {
  const text = textParameter(query, 'q');
  const count = text?.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
  // A text without a word would ask for nothing, and be answered with everything.
  if (text !== undefined && count === 0) throw badParameter('q', 'at least one letter or digit.');
  if (count > MAX_WORDS) throw badParameter('q', `at most ${MAX_WORDS} words.`);
  return text;
}

const optional = <T>(name: string, value: T | undefined): Record<string, T> =>
  value === undefined ? {} : { [name]: value };
