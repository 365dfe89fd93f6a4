import { Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../config';
import { AllocationViewController } from './allocations.controller';
import { AvailabilityView } from './availability';
import { AvailabilityController } from './availability.controller';
import { BasketController } from './basket.controller';
import { BatchQueries } from './batch.queries';
import { BatchViewController } from './batches.controller';
import { BookViewController } from './book.controller';
import { ViewProjection } from './view-projection';
import { LineQueries } from './line.queries';
import { PostgresAvailability } from './postgres-availability';
import { RedisAvailability } from './redis-availability';

/** What can be looked at. */
@Module({
  controllers: [
    BatchViewController,
    AllocationViewController,
    AvailabilityController,
    BasketController,
    BookViewController,
  ],
  providers: [
    LineQueries,
    BatchQueries,
    ViewProjection,
    {
      provide: AvailabilityView,
      inject: [Config, DataSource],
      useFactory: ({ AVAILABILITY_VIEW, REDIS_URL }: Config, dataSource: DataSource) => {
        const batches = new PostgresAvailability(dataSource);
        if (AVAILABILITY_VIEW === 'postgres' || !REDIS_URL) return batches;
        return new RedisAvailability(REDIS_URL, dataSource, batches);
      },
    },
  ],
})
export class ViewsModule {}
