import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../config';
import { dataSourceOptions } from './data-source';

/** The connection to PostgreSQL, on a schema that `prepareDatabase` has brought up to date. */
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Config],
      useFactory: (config: Config) => {
        if (!config.DATABASE_URL)
          throw new Error('The application needs a database: start one and set DATABASE_URL');
        return { ...dataSourceOptions(config.DATABASE_URL), toRetry: () => false };
      },
    }),
  ],
})
export class DatabaseModule {}
