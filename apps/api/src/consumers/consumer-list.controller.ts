import { Controller, Get, Header, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Needs } from '../access/needs';
import { Context } from '../app.context';
import { callerOf } from '../access/caller';
import { toldConsumers } from './consumer-answers';

@Controller('v1/consumers')
export class ConsumerListController {
  constructor(@Inject(Context) private readonly context: Context) {}

  /** One's own, whatever level they were made for. */
  @Get()
  @Needs('consumers:use')
  @Header('content-type', 'application/json')
  async list(@Req() request: FastifyRequest): Promise<string> {
    return toldConsumers(await this.context.consumers.all(callerOf(request).name));
  }
}
