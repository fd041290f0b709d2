import { Controller, Get, Header, Headers, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MAX_POINTS } from '#projections';
import { Needs } from '../access/needs';
import { Context } from '../app.context';
import {
  badParameter,
  choiceParameter,
  numberParameter,
  onlyKnown,
  type Query as Parameters,
  timeParameter,
} from '../http/parameters';
import { caughtUpTo } from '../http/at-least';
import { momentOf, momentParameter } from './moment-of';
import type { ViewName } from '../view-worker/read-request';
import { DAY_MS } from './time';

const MAX_BRIEFING_DAYS = 90;

/** The computed views of a crisis, at any time of the world and of the record. */
@Controller('v1/crises/:crisisId')
export class ViewsController {
  constructor(@Inject(Context) private readonly context: Context) {}

  @Get('status')
  @Needs('views:read')
  @Header('content-type', 'application/json')
  async status(
    @Req() request: FastifyRequest,
    @Param('crisisId') crisisId: string,
    @Query() query: Parameters,
  ): Promise<string> {
    return this.#view('status', request, crisisId, query);
  }

  @Get('risk')
  @Needs('views:read')
  @Header('content-type', 'application/json')
  async risk(
    @Req() request: FastifyRequest,
    @Param('crisisId') crisisId: string,
    @Query() query: Parameters,
  ): Promise<string> {
    return this.#view('risk', request, crisisId, query);
  }

  /** Risk over time, for plotting: at most 1,000 points, evenly spaced, the last at `to`. */
  @Get('risk/series')
  @Needs('views:read')
  @Header('content-type', 'application/json')
  async series(
    @Req() request: FastifyRequest,
    @Param('crisisId') crisisId: string,
    @Query() query: Parameters,
  ): Promise<string> {
    onlyKnown(query, ['asOf', 'model', 'atLeast', 'from', 'to', 'points', 'knowledge']);
    const { from: _from, to: _to, points: _points, knowledge: _knowledge, ...rest } = query;
    const moment = momentOf(request, crisisId, rest, this.context.tokens, this.context.clock());
    const to = momentParameter(query, 'to', moment.now) ?? moment.now;
    const from = timeParameter(query, 'from') ?? to - 30 * DAY_MS;
    if (from >= to) throw badParameter('from', 'earlier than `to`.');
    await caughtUpTo(this.context, query);
    return this.context.views.ask({
      kind: 'series',
      ...moment,
      from,
      to,
      points: numberParameter(query, 'points', { min: 2, max: MAX_POINTS, default: 120 }),
      knowledge: choiceParameter(query, 'knowledge', ['now', 'then']),
    });
  }

  /** Markdown when `Accept` asks for it, else JSON. */
  @Get('briefing')
  @Needs('views:read')
  async briefing(
    @Req() request: FastifyRequest,
    @Param('crisisId') crisisId: string,
    @Query() query: Parameters,
    @Headers('accept') accept = '',
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const moment = momentOf(request, crisisId, query, this.context.tokens, this.context.clock(), ['days', 'format']);
    const days = numberParameter(query, 'days', { min: 1, max: MAX_BRIEFING_DAYS, default: 7 });
    const format =
      query['format'] === undefined && accept.includes('text/markdown')
        ? 'markdown'
        : choiceParameter(query, 'format', ['json', 'markdown']);
    await caughtUpTo(this.context, query);
    const briefing = await this.context.views.ask({ kind: 'briefing', ...moment, days, format });
    void reply.type(format === 'json' ? 'application/json' : 'text/markdown; charset=utf-8');
    return briefing;
  }

  async #view(view: ViewName, request: FastifyRequest, crisisId: string, query: Parameters): Promise<string> {
    const moment = momentOf(request, crisisId, query, this.context.tokens, this.context.clock());
    await caughtUpTo(this.context, query);
    return this.context.views.ask({ kind: 'view', view, ...moment });
  }
}
