import { type DynamicModule, Module } from '@nestjs/common';
import { SessionController } from './access/session.controller';
import { Context } from './app.context';
import { ConsumerListController } from './consumers/consumer-list.controller';
import { ConsumersController } from './consumers/consumers.controller';
import { FeedController } from './feed/feed.controller';
import { ViewStreamsController } from './feed/view-streams.controller';
import { AuditController } from './audit/audit.controller';
import { HealthController } from './health/health.controller';
import { MetricsController } from './health/metrics.controller';
import { OpenApiController } from './openapi/openapi.controller';
import { CrisesController } from './read/crises.controller';
import { EventsController } from './read/events.controller';
import { ViewsController } from './views/views.controller';

/** The composition root's Nest side: controllers, and the one thing they share. */
@Module({})
export class AppModule {
  static with(context: Context): DynamicModule {
    return {
      module: AppModule,
      controllers: [
        CrisesController,
        EventsController,
        ViewsController,
        SessionController,
        FeedController,
        ViewStreamsController,
        ConsumerListController,
        ConsumersController,
        AuditController,
        HealthController,
        MetricsController,
        OpenApiController,
      ],
      providers: [{ provide: Context, useValue: context }],
    };
  }
}
