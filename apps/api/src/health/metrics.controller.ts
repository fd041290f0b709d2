import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Needs } from '../access/needs';
import { Context } from '../app.context';
import type { Standing } from './metrics';

@Controller('metrics')
export class MetricsController {
  constructor(@Inject(Context) private readonly context: Context) {}

  /** For Prometheus. Counts would reveal what is hidden: they are for operators. */
  @Get()
  @Needs('ops:*')
  @Header('cache-control', 'no-store')
  async metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { metrics } = this.context;
    const text = await metrics.render(await standingOf(this.context));
    void reply.type(metrics.contentType);
    return text;
  }
}

async function standingOf({ log, notary, streams, views }: Context): Promise<Standing> {
  const { lag, unreadable } = JSON.parse(await views.ask({ kind: 'health' })) as {
    lag: number;
    unreadable: { count: number };
  };
  return {
    events: log.head() + 1,
    isWritable: log.writing().ok,
    isRefused: notary.fault !== undefined,
    viewsLag: lag,
    unreadable: unreadable.count,
    streams: streams.open,
    mirrorBehindMs: 'mirrored' in log ? log.mirrored().behindMs : undefined,
  };
}
