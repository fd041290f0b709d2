import { Controller, Delete, Get, Header, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SCOPES } from '#access';
import { Context } from '../app.context';
import { type Caller, callerOf } from './caller';
import { Problem } from '../http/problem';
import { Needs, Public } from './needs';
import { setSession } from './sessions';

/**
 * A browser's way in: its EventSource can send no `Authorization`. A key is exchanged for a cookie that scripts cannot
 * read, that no other site's page sends along, and that is good for reading only.
 */
@Controller('v1/session')
export class SessionController {
  constructor(@Inject(Context) private readonly context: Context) {}

  @Post()
  @HttpCode(200)
  @Needs(...SCOPES)
  @Header('content-type', 'application/json')
  begin(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): string {
    const { credentials, sessions, clock } = this.context;
    const caller = callerOf(request);
    if (credentials.isOpen) return told(caller);
    const secret = request.headers.authorization?.replace(/^Bearer +/i, '') ?? '';
    const key = credentials.holderOf(secret)?.key;
    if (key === undefined) throw new Problem('unauthenticated', 'A session is given for an API key.');
    const { cookie, expiresAt } = sessions.seal(key.keyId, key.expiresAt, clock());
    const seconds = Math.floor((expiresAt - clock()) / 1000);
    void reply.header('set-cookie', setSession(request.headers.host!, cookie, seconds));
    return told(caller, new Date(expiresAt).toISOString());
  }

  /** Who the server thinks the caller is. */
  @Get()
  @Needs(...SCOPES)
  @Header('content-type', 'application/json')
  current(@Req() request: FastifyRequest): string {
    return told(callerOf(request));
  }

  @Delete()
  @Public()
  @Header('content-type', 'application/json')
  end(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.header('set-cookie', setSession(request.headers.host!, '', 0));
    return '{"ended":true}';
  }
}

const told = ({ name, scopes, everywhere, red }: Caller, expiresAt?: string): string =>
  JSON.stringify({
    principal: name,
    level: everywhere.level,
    red: [...red],
    scopes: [...scopes],
    ...(expiresAt !== undefined && { expiresAt }),
  });
