import { Needs } from '../access/needs';
import { Controller, Get, Header, Headers, Inject, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FEED_START, type FeedPlace } from '#projections';
import { Context } from '../app.context';
import { requireCrisisId } from '../http/crisis-id';
import { leftBy } from '../http/left-by';
import { lineAnswer } from '../http/line-answer';
import { numberParameter, onlyKnown, type Query as Parameters, textParameter } from '../http/parameters';
import { readerOf } from '../access/caller';
import { EventStream } from './event-stream';
import { feedCursor } from './feed-cursor';
import { feedQuery, type FeedQuery, FILTERS } from './feed-query';
import { pullFeed } from './pull-feed';
import { snapshotLines } from './snapshot-lines';
import { StreamFeed } from './stream-feed';
import { reach } from '../http/at-least';

const PAGE = 100;
const MAX_PAGE = 1000;
const MAX_WAIT_SECONDS = 30;

/** The events of all crises in the order in which they became known, for those who follow. */
@Controller('v1/feed')
export class FeedController {
  constructor(@Inject(Context) private readonly context: Context) {}

  /** A page after a cursor; with `wait`, an empty page is answered only when that time is over. */
  @Get()
  @Needs('log:read')
  @Header('content-type', 'application/json')
  async page(
    @Query() query: Parameters,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    onlyKnown(query, [...FILTERS, 'after', 'limit', 'wait']);
    const limit = numberParameter(query, 'limit', { min: 1, max: MAX_PAGE, default: PAGE });
    const waitSeconds = numberParameter(query, 'wait', { min: 0, max: MAX_WAIT_SECONDS, default: 0 });
    const asked = askedIn(request, query);
    const start = await this.#placeOf(asked, textParameter(query, 'after'), 'after');
    return pullFeed(this.context, asked, start, { limit, waitMs: waitSeconds * 1000, left: leftBy(reply) });
  }

  /** Server-sent events from a cursor on, without end. */
  @Get('stream')
  @Needs('log:read')
  async stream(
    @Query() query: Parameters,
    @Headers('last-event-id') last: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    onlyKnown(query, [...FILTERS, 'after']);
    const asked = askedIn(request, query);
    const start = await (last === undefined || last === ''
      ? this.#placeOf(asked, textParameter(query, 'after'), 'after')
      : this.#placeOf(asked, last, 'Last-Event-ID'));
    const isStill = (): boolean => readerOf(request, asked.crisis).level === asked.reader.level;
    await EventStream.serve(this.context.streams, request, reply, (stream) =>
      new StreamFeed(this.context, asked, start, stream, isStill).send(),
    );
  }

  /** What is in force now, one event a line, and in the last line the cursor from which to follow. */
  @Get('snapshot')
  @Needs('log:read')
  async snapshot(
    @Query() query: Parameters,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    onlyKnown(query, FILTERS);
    const { feed, streams, tokens, views } = this.context;
    const asked = askedIn(request, query);
    streams.take(request, reply);
    const end = await feed.end(asked);
    return lineAnswer(request, reply, snapshotLines(views, asked, end.position, feedCursor(tokens, end, asked)));
  }

  async #placeOf(query: FeedQuery, after: string | undefined, parameter: string): Promise<FeedPlace> {
    const { feed, log, tokens } = this.context;
    if (after === 'head') return feed.end(query);
    const { level } = query.reader;
    const use = { kind: 'point', level, filter: query.filter, toFollow: true } as const;
    const place = after === undefined ? FEED_START : tokens.open(after, parameter, use);
    // The cursor may be from an instance that is ahead of this one.
    await reach(log, place.position);
    // 404 for a crisis that the reader may not know of, before anything is sent.
    if (query.crisis !== undefined) await feed.end(query);
    return place;
  }
}

function askedIn(request: FastifyRequest, query: Parameters): FeedQuery {
  const crisis = textParameter(query, 'crisis');
  const reader = readerOf(request, crisis === undefined ? undefined : requireCrisisId(crisis));
  return feedQuery(query, reader, crisis);
}
