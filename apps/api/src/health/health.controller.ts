import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Context } from '../app.context';

@Controller('health')
export class HealthController {
  constructor(@Inject(Context) private readonly context: Context) {}

  /** The process answers. */
  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** Ready to append and to read; else 503 with what is wrong. Lag is in events; parked crises do not make an instance unready. */
  @Get('ready')
  @Header('content-type', 'application/json')
  @Header('cache-control', 'no-store')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { log } = this.context;
    const writing = log.writing();
    // Of EventStoreDB: whether the mirror is connected and holds everything, else since when it may not.
    const kind = 'mirrored' in log ? { engine: 'eventstoredb', mirror: log.mirrored() } : { engine: 'sqlite' };
    const views = JSON.parse(await this.context.views.ask({ kind: 'health' })) as Record<string, unknown>;
    if (!writing.ok) void reply.code(503).header('retry-after', '1');
    return JSON.stringify({
      status: writing.ok ? 'ok' : 'unavailable',
      record: { ...kind, logId: log.logId, head: log.head(), writing },
      views,
    });
  }
}
