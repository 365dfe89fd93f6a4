import {
  type DynamicModule,
  Global,
  Inject,
  type INestApplicationContext,
  Module,
  Optional,
  type Type,
} from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { Command } from 'commander';
import { AllocationModule } from './allocation/allocation.module';
import { BoardModule } from './board/board.module';
import type { Panel } from './board/contracts';
import { readSettings, type SettingsClass } from './config';
import { AuditModule } from './audit/audit.module';
import { CustomersModule } from './customers/customers.module';
import type { Migration } from './database/data-source';
import { DatabaseHealth } from './database/database-health';
import { DatabaseModule } from './database/database.module';
import type { Sql } from './database/sql';
import { FeedModule } from './feed/feed.module';
import { Readiness } from './http/health.controller';
import { HttpSettings } from './http/http-settings';
import type { ModuleApi } from './http/module-api';
import { IdempotencyModule } from './idempotency/idempotency.module';
import { KeysModule } from './keys/keys.module';
import { LogModule } from './log/log.module';
import type { MessageApi } from './messaging/asyncapi';
import { MessagingModule } from './messaging/messaging.module';
import { NoDeliveryModule } from './messaging/no-delivery.module';
import { MetricsModule } from './metrics/metrics.module';
import { loadModules, ModulesSettings } from './modules';
import { NotificationsModule } from './notifications/notifications.module';
import { OrdersModule } from './orders/orders.module';
import { RetentionModule } from './retention/retention.module';
import type { RebuildableView } from './views/contracts';
import { ViewProjectionModule } from './views/view-projection.module';
import { ViewsModule } from './views/views.module';
import { WebhooksModule } from './webhooks/webhooks.module';

/**
 * A module of the service: a module of Nest, which says in static members what it brings besides controllers and
 * providers. They are members of the class since they are needed where there is no application.
 */
export interface ServiceModule extends Type {
  /** A class whose properties are named like their variables, checked by class-validator; injected as itself. */
  readonly settings?: SettingsClass;
  /** Steps of the schema, each named after what it does and when it was written, in milliseconds. */
  readonly migrations?: readonly Migration[];
  /** Problems, and parts of the OpenAPI document. */
  readonly api?: ModuleApi;
  /** Parts of the AsyncAPI document. */
  readonly messages?: MessageApi;
  /** Views that `stock-allocation rebuild` makes anew from the log. */
  readonly views?: readonly RebuildableView[];
  /** Pages that it adds to the board. */
  readonly panels?: readonly Panel[];
  /** Adds commands to the command line. */
  readonly commands?: (program: Command, tools: CommandTools) => void;
  /** What Nest is to import where clients are served; the class itself when left out. */
  readonly forService?: (modules: readonly ServiceModule[]) => DynamicModule;
  /** What Nest is to import where commands are carried out and nobody is served; nothing when left out. */
  readonly forCommands?: () => DynamicModule;
}

/** What commands of modules work with. */
export interface CommandTools {
  /** Runs `work` on the database that the settings name, whose schema is that of this version. */
  withDatabase<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Runs `work` with what carries out commands (`AppModule.forCommands`): ask it for the CommandBus. */
  withApplication<T>(work: (app: INestApplicationContext) => Promise<T>): Promise<T>;
}

/** The service as it comes. A module is added here, and nowhere else. */
const modules = [
  DatabaseModule,
  MetricsModule,
  KeysModule,
  RetentionModule,
  IdempotencyModule,
  LogModule,
  AllocationModule,
  MessagingModule,
  NotificationsModule,
  ViewsModule,
  FeedModule,
  OrdersModule,
  CustomersModule,
  WebhooksModule,
  BoardModule,
  AuditModule,
] as const satisfies readonly ServiceModule[];

/** What all these modules bring together. */
export function broughtBy(all: readonly ServiceModule[]) {
  return {
    settings: [HttpSettings, ModulesSettings, ...all.flatMap(({ settings = [] }) => settings)],
    migrations: all.flatMap(({ migrations = [] }) => migrations),
    apis: all.flatMap(({ api = [] }) => api),
    messages: all.flatMap(({ messages = [] }) => messages),
    views: all.flatMap(({ views = [] }) => views),
  };
}

/** The composition root: the one place that knows every module. */
@Global()
@Module({})
export class AppModule {
  /** The settings of the service as it comes; so for what follows. */
  static readonly settings: readonly SettingsClass[] = broughtBy(modules).settings;
  static readonly migrations: readonly Migration[] = broughtBy(modules).migrations;
  static readonly apis: readonly ModuleApi[] = broughtBy(modules).apis;
  static readonly messages: readonly MessageApi[] = broughtBy(modules).messages;

  /** @throws Error when it is imported as a class: what it is made of depends on the settings */
  constructor(@Optional() @Inject(HttpSettings) settings?: HttpSettings) {
    if (!settings)
      throw new Error(
        'AppModule alone is empty: import AppModule.forRoot(loadConfig(process.env)), or forCommands',
      );
  }

  /**
   * The service.
   * @param config with a DATABASE_URL
   */
  static forRoot(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CqrsModule.forRoot(),
        ...config.modules.map((module) => module.forService?.(config.modules) ?? module),
      ],
      // Neither HTTP nor the database knows the other.
      providers: [...settingsProviders(config), { provide: Readiness, useExisting: DatabaseHealth }],
      exports: [...broughtBy(config.modules).settings, DatabaseModule, Readiness],
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
        ...config.modules.flatMap((module) => module.forCommands?.() ?? []),
        ViewProjectionModule,
        NoDeliveryModule,
      ],
      providers: settingsProviders(config),
      exports: [...broughtBy(config.modules).settings],
    };
  }
}

type SettingsIn<Modules extends readonly unknown[]> = Modules extends readonly [infer First, ...infer Rest]
  ? (First extends { readonly settings: new () => infer Settings } ? Readonly<Settings> : unknown) &
      SettingsIn<Rest>
  : unknown;

/** The settings of all modules, and which these are. */
export type Config = Readonly<HttpSettings> &
  Readonly<ModulesSettings> &
  SettingsIn<typeof modules> & { readonly modules: readonly ServiceModule[] };

/**
 * Reads the settings of all modules.
 * @param environment variables by name; empty ones count as absent, unknown ones are ignored
 * @param added modules besides those of the service as it comes; those that `MODULES` names when left out
 * @throws ConfigError when some of them cannot be used; it names each. Or when a module cannot be loaded
 */
export function loadConfig(
  environment: NodeJS.ProcessEnv,
  added: readonly ServiceModule[] = loadModules(environment.MODULES),
): Config {
  const all = [...modules, ...added];
  const settings = readSettings(environment, broughtBy(all).settings) as Config;
  return Object.freeze({ ...settings, modules: all });
}

function settingsProviders(config: Config) {
  return broughtBy(config.modules).settings.map((settings) => ({ provide: settings, useValue: config }));
}
