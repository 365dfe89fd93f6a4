import { Module } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Config } from '../config';
import { READS } from '../database/data-source';
import { AllocationViewController } from './entrypoints/allocations.controller';
import { AvailabilityView } from './availability/availability';
import { AvailabilityController } from './entrypoints/availability.controller';
import { BasketController } from './entrypoints/basket.controller';
import { BatchQueries } from './queries/batch.queries';
import { BatchViewController } from './entrypoints/batches.controller';
import { BookViewController } from './entrypoints/book.controller';
import { ClosedLineRetention } from './maintenance/closed-line-retention';
import { ViewProjection } from './projections/view-projection';
import { LineQueries } from './queries/line.queries';
import { PostgresAvailability } from './availability/postgres-availability';
import { RedisAvailability } from './availability/redis-availability';

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
    ClosedLineRetention,
    {
      provide: AvailabilityView,
      inject: [Config, DataSource, getDataSourceToken(READS)],
      useFactory: ({ AVAILABILITY_VIEW, REDIS_URL }: Config, dataSource: DataSource, reads: DataSource) => {
        const batches = new PostgresAvailability(reads);
        if (AVAILABILITY_VIEW === 'postgres' || !REDIS_URL) return batches;
        // The copy must have every change that was ever shown to it, so it is made of what was written last.
        return new RedisAvailability(REDIS_URL, dataSource, batches);
      },
    },
  ],
})
export class ViewsModule {}
