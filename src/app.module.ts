import { type DynamicModule, Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AllocationModule } from './allocation/allocation.module';
import { readSettings, type SettingsOf } from './config';
import { CustomersModule } from './customers/customers.module';
import type { Migration } from './database/data-source';
import { DatabaseHealth } from './database/database-health';
import { DatabaseModule } from './database/database.module';
import { FeedModule } from './feed/feed.module';
import { HttpSettings } from './http/http-settings';
import type { ModuleApi } from './http/module-api';
import { Readiness } from './http/readiness';
import { LogModule } from './log/log.module';
import type { MessageApi } from './messaging/asyncapi';
import { MessagingModule } from './messaging/messaging.module';
import { NoDeliveryModule } from './messaging/no-delivery.module';
import { NotificationsModule } from './notifications/notifications.module';
import { OrdersModule } from './orders/orders.module';
import { RetentionModule } from './retention/retention.module';
import { ViewProjectionModule } from './views/view-projection.module';
import { ViewsModule } from './views/views.module';
import { WebhooksModule } from './webhooks/webhooks.module';

/**
 * The composition root: the one place that knows every module. What a module brings besides controllers and providers
 * is there without an application, too; it is a static member of its class, and listed here.
 */
@Global()
@Module({})
export class AppModule {
  /** Each is injected by its class. */
  static readonly settings = [
    HttpSettings,
    DatabaseModule.settings,
    RetentionModule.settings,
    LogModule.settings,
    MessagingModule.settings,
    NotificationsModule.settings,
    ViewsModule.settings,
    WebhooksModule.settings,
    CustomersModule.settings,
    OrdersModule.settings,
  ] as const;

  /** The steps of the schema. */
  static readonly migrations: readonly Migration[] = [
    ...DatabaseModule.migrations,
    ...RetentionModule.migrations,
    ...LogModule.migrations,
    ...AllocationModule.migrations,
    ...MessagingModule.migrations,
    ...NotificationsModule.migrations,
    ...ViewsModule.migrations,
    ...WebhooksModule.migrations,
    ...OrdersModule.migrations,
    ...CustomersModule.migrations,
  ];

  /** Problems, and parts of the OpenAPI document. */
  static readonly apis: readonly ModuleApi[] = [
    AllocationModule.api,
    ViewsModule.api,
    LogModule.api,
    FeedModule.api,
    OrdersModule.api,
    CustomersModule.api,
    WebhooksModule.api,
    MessagingModule.api,
  ];

  /** Parts of the AsyncAPI document. */
  static readonly messages: readonly MessageApi[] = [MessagingModule.messages];

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
        AllocationModule.forService(),
        MessagingModule.forRoot(AppModule.messages),
        NotificationsModule,
        ViewsModule,
        FeedModule,
        WebhooksModule,
        CustomersModule,
        OrdersModule,
      ],
      providers: [...settingsProviders(config), { provide: Readiness, useExisting: DatabaseHealth }],
      exports: [...AppModule.settings, Readiness],
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
        AllocationModule.forCommands(),
        ViewProjectionModule,
        NoDeliveryModule,
      ],
      providers: settingsProviders(config),
      exports: [...AppModule.settings],
    };
  }
}

/** The settings of all modules. */
export type Config = SettingsOf<typeof AppModule.settings>;

/**
 * Reads the settings of all modules.
 * @param environment variables by name; empty ones count as absent, unknown ones are ignored
 * @throws ConfigError when some of them cannot be used; it names each
 */
export function loadConfig(environment: NodeJS.ProcessEnv): Config {
  return readSettings(environment, AppModule.settings);
}

function settingsProviders(config: Config) {
  return AppModule.settings.map((settings) => ({ provide: settings, useValue: config }));
}
