import { Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AllocationViewController } from './allocations.controller';
import { AvailabilityView } from './availability';
import { AvailabilityController } from './availability.controller';
import { BasketController } from './basket.controller';
import { BatchProjection } from './batch-projection';
import { BatchQueries } from './batch.queries';
import { BatchViewController } from './batches.controller';
import { BookViewController } from './book.controller';
import { LineProjection } from './line-projection';
import { LineQueries } from './line.queries';
import { PostgresAvailability } from './postgres-availability';

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
    LineProjection,
    BatchProjection,
    {
      provide: AvailabilityView,
      inject: [DataSource],
      useFactory: (dataSource: DataSource) => new PostgresAvailability(dataSource),
    },
  ],
})
export class ViewsModule {}
