import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { dataSourceOptions, type Migration, READS, READS_LIMITS, WRITES_LIMITS } from './data-source';
import { DatabaseHealth } from './database-health';
import { DatabaseSettings } from './database-settings';
import { KeyCollation1790000005000 } from './migrations/1790000005000-key-collation';
import { IdempotencyKeys1790000018000 } from './migrations/1790000018000-idempotency-keys';

@Module({ providers: [DatabaseHealth], exports: [DatabaseHealth] })
class DatabaseHealthModule {}

/**
 * The connections to PostgreSQL, on a schema that `prepareDatabase` has brought up to date: the data source itself for
 * commands and what follows from them, and another one for questions, so that neither waits behind the other.
 */
@Module({
  imports: [
    DatabaseHealthModule,
    TypeOrmModule.forRootAsync({
      imports: [DatabaseHealthModule],
      inject: [DatabaseSettings, DatabaseHealth],
      useFactory: (settings: DatabaseSettings, observer: DatabaseHealth) => ({
        ...dataSourceOptions(urlIn(settings), {
          connections: settings.DATABASE_WRITE_CONNECTIONS,
          ...WRITES_LIMITS,
          observer,
        }),
        toRetry: () => false,
      }),
    }),
    TypeOrmModule.forRootAsync({
      name: READS,
      imports: [DatabaseHealthModule],
      inject: [DatabaseSettings, DatabaseHealth],
      useFactory: (settings: DatabaseSettings, health: DatabaseHealth) => ({
        ...dataSourceOptions(urlIn(settings), {
          name: READS,
          connections: settings.DATABASE_READ_CONNECTIONS,
          ...READS_LIMITS,
          observer: { opened: (client) => health.follow(client) },
        }),
        toRetry: () => false,
      }),
    }),
  ],
  exports: [DatabaseHealthModule],
})
export class DatabaseModule {
  static readonly settings = DatabaseSettings;
  /** What concerns the tables of all modules, and that which every transaction may write. */
  static readonly migrations: readonly Migration[] = [
    KeyCollation1790000005000,
    IdempotencyKeys1790000018000,
  ];
}

function urlIn({ DATABASE_URL }: DatabaseSettings): string {
  if (!DATABASE_URL) throw new Error('The application needs a database: start one and set DATABASE_URL');
  return DATABASE_URL;
}
