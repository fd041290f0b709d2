import { Controller, Get, Header, Inject, Param, Query } from '@nestjs/common';
import { Context } from '../app.context';
import { onlyKnown, type Query as Parameters } from '../http/parameters';
import { OPEN } from '../http/principal';
import { caughtUpTo } from '../views/at-least';
import { momentOf } from '../views/moment-of';

@Controller('v1/crises')
export class CrisesController {
  constructor(@Inject(Context) private readonly context: Context) {}

  /** Every crisis that the reader may know of, with its status in one line and its R. */
  @Get()
  @Header('content-type', 'application/json')
  async list(@Query() query: Parameters): Promise<string> {
    onlyKnown(query, ['atLeast']);
    await caughtUpTo(this.context, query);
    return this.context.views.ask({ kind: 'crises', reader: OPEN, now: this.context.clock() });
  }

  /** The frame of one crisis: title, sides, mediators, bodies, issues, model. */
  @Get(':crisisId')
  @Header('content-type', 'application/json')
  async one(@Param('crisisId') crisisId: string, @Query() query: Parameters): Promise<string> {
    const moment = momentOf(crisisId, query, this.context.tokens, this.context.clock());
    await caughtUpTo(this.context, query);
    return this.context.views.ask({ kind: 'crisis', ...moment });
  }
}
