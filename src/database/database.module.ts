import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../config';
import { dataSourceOptions, READS, READS_LIMITS, WRITES_LIMITS } from './data-source';
import { DatabaseHealth } from './database-health';

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
      inject: [Config, DatabaseHealth],
      useFactory: (config: Config, observer: DatabaseHealth) => ({
        ...dataSourceOptions(urlIn(config), {
          connections: config.DATABASE_WRITE_CONNECTIONS,
          ...WRITES_LIMITS,
          observer,
        }),
        toRetry: () => false,
      }),
    }),
    TypeOrmModule.forRootAsync({
      name: READS,
      imports: [DatabaseHealthModule],
      inject: [Config, DatabaseHealth],
      useFactory: (config: Config, health: DatabaseHealth) => ({
        ...dataSourceOptions(urlIn(config), {
          name: READS,
          connections: config.DATABASE_READ_CONNECTIONS,
          ...READS_LIMITS,
          observer: { opened: (client) => health.follow(client) },
        }),
        toRetry: () => false,
      }),
    }),
  ],
  exports: [DatabaseHealthModule],
})
export class DatabaseModule {}

function urlIn({ DATABASE_URL }: Config): string {
  if (!DATABASE_URL) throw new Error('The application needs a database: start one and set DATABASE_URL');
  return DATABASE_URL;
}
