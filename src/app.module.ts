import { type DynamicModule, Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AllocationModule } from './allocation/allocation.module';
import { Config } from './config';
import { DatabaseHealth } from './database/database-health';
import { DatabaseModule } from './database/database.module';
import { LogModule } from './log/log.module';
import { Readiness } from './http/readiness';
import { MessagingModule } from './messaging/messaging.module';
import { NoDeliveryModule } from './messaging/no-delivery.module';
import { NotificationsModule } from './notifications/notifications.module';
import { RetentionModule } from './retention/retention.module';
import { ViewProjectionModule } from './views/view-projection.module';
import { ViewsModule } from './views/views.module';

/** The composition root: the one place that knows every module. */
@Global()
@Module({})
export class AppModule {
  /**
   * The service.
   * @param config with a DATABASE_URL
   */
  static forRoot(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CqrsModule.forRoot(),
        DatabaseModule,
        RetentionModule,
        LogModule,
        AllocationModule,
        MessagingModule,
        NotificationsModule,
        ViewsModule,
      ],
      providers: [
        { provide: Config, useValue: config },
        { provide: Readiness, useExisting: DatabaseHealth },
      ],
      exports: [Config, Readiness],
    };
  }

  /**
   * What carries out commands and shows them in the views, and nothing else: it delivers no events, sends no mails and
   * listens to nobody, since its settings may not be those of the service. That is left to whoever runs the service.
   * @param config with a DATABASE_URL
   */
  static forCommands(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CqrsModule.forRoot(),
        DatabaseModule,
        AllocationModule.withoutHandlers(),
        ViewProjectionModule,
        NoDeliveryModule,
      ],
      providers: [{ provide: Config, useValue: config }],
      exports: [Config],
    };
  }
}
