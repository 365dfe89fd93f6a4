import { type DynamicModule, Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AllocationModule } from './allocation/allocation.module';
import { Config } from './config';
import { DatabaseModule } from './database/database.module';
import { MessagingModule } from './messaging/messaging.module';
import { NotificationsModule } from './notifications/notifications.module';
import { ViewsModule } from './views/views.module';

/** The composition root: the one place that knows every module. */
@Global()
@Module({})
export class AppModule {
  /** @param config with a DATABASE_URL */
  static forRoot(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CqrsModule.forRoot(),
        DatabaseModule,
        AllocationModule,
        MessagingModule,
        NotificationsModule,
        ViewsModule,
      ],
      providers: [{ provide: Config, useValue: config }],
      exports: [Config],
    };
  }
}
