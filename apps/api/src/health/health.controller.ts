import { Controller, Get, Header, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../access/needs';
import { Context } from '../app.context';

@Controller('health')
export class HealthController {
  constructor(@Inject(Context) private readonly context: Context) {}

  /** The process answers. */
  @Get('live')
  @Public()
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /**
   * Ready to append and to read; else 503 with what is wrong. Lag is in events; parked crises do not make an instance
   * unready.
   */
  @Get('ready')
  @Public()
  @Header('content-type', 'application/json')
  @Header('cache-control', 'no-store')
  async ready(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { log, notary } = this.context;
    const writing = log.writing();
    const isServed = notary.fault === undefined;
    const views = JSON.parse(await this.context.views.ask({ kind: 'health' })) as Record<string, unknown>;
    if (!writing.ok) void reply.code(503).header('retry-after', '1');
    // An altered record is not served, and trying again does not help: no Retry-After.
    else if (!isServed) void reply.code(503);
    const status = writing.ok && isServed ? 'ok' : 'unavailable';
    // Positions and names of crises would reveal what is hidden: they are for operators.
    if (request.caller?.scopes.has('ops:*') !== true) return JSON.stringify({ status });
    return JSON.stringify({
      status,
      record: {
        ...kindOf(log),
        logId: log.logId,
        head: log.head(),
        writing,
        ...(notary.fault && { fault: notary.fault }),
      },
      views,
    });
  }
}

/** With EventStoreDB also how the mirror stands: connected and complete, or since when it may not be. */
const kindOf = (log: Context['log']) =>
  'mirrored' in log ? { engine: 'eventstoredb', mirror: log.mirrored() } : { engine: 'sqlite' };
