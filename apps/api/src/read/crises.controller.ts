import { Controller, Get, Header, Inject, Param, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Needs } from '../access/needs';
import { Context } from '../app.context';
import { onlyKnown, type Query as Parameters } from '../http/parameters';
import { callerOf, readerOf } from '../access/caller';
import { caughtUpTo } from '../http/at-least';
import { momentOf } from '../views/moment-of';

@Controller('v1/crises')
export class CrisesController {
  constructor(@Inject(Context) private readonly context: Context) {}

  /** Every crisis that the reader may know of, with its status in one line and its R. */
  @Get()
  @Needs('views:read')
  @Header('content-type', 'application/json')
  async list(@Req() request: FastifyRequest, @Query() query: Parameters): Promise<string> {
    onlyKnown(query, ['atLeast']);
    await caughtUpTo(this.context, query);
    return this.context.views.ask({
      kind: 'crises',
      reader: readerOf(request),
      red: [...callerOf(request).red],
      now: this.context.clock(),
    });
  }

  /** The frame of one crisis: title, sides, mediators, bodies, issues, model. */
  @Get(':crisisId')
  @Needs('views:read', 'log:read', 'events:append')
  @Header('content-type', 'application/json')
  async one(
    @Req() request: FastifyRequest,
    @Param('crisisId') crisisId: string,
    @Query() query: Parameters,
  ): Promise<string> {
    const moment = momentOf(request, crisisId, query, this.context.tokens, this.context.clock());
    await caughtUpTo(this.context, query);
    return this.context.views.ask({ kind: 'crisis', ...moment });
  }
}
