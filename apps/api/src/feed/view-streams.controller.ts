import { Needs } from '../access/needs';
import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Context } from '../app.context';
import { requireCrisisId } from '../http/crisis-id';
import { onlyKnown, type Query as Parameters } from '../http/parameters';
import { readerOf } from '../access/caller';
import type { ViewName } from '../view-worker/read-request';
import { EventStream } from './event-stream';
import { FollowedView } from './followed-view';

/** The views of a crisis for those who want to be told of changes. */
@Controller('v1/crises/:crisisId')
export class ViewStreamsController {
  constructor(@Inject(Context) private readonly context: Context) {}

  @Get('status/stream')
  @Needs('views:read')
  async status(
    @Param('crisisId') crisisId: string,
    @Query() query: Parameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#stream('status', crisisId, query, request, reply);
  }

  @Get('risk/stream')
  @Needs('views:read')
  async risk(
    @Param('crisisId') crisisId: string,
    @Query() query: Parameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#stream('risk', crisisId, query, request, reply);
  }

  async #stream(
    view: ViewName,
    id: string,
    parameters: Parameters,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    onlyKnown(parameters, []);
    const crisis = requireCrisisId(id, 'crisisId');
    const reader = readerOf(request, crisis);
    const query = { crisis, reader, filter: `crisis=${crisis}` };
    const followed = new FollowedView(this.context, view, query);
    const begun = await followed.begin();
    await EventStream.serve(this.context.streams, request, reply, (stream) =>
      followed.stream(begun, stream, () => readerOf(request, crisis).level === reader.level),
    );
  }
}
