import { Module } from '@nestjs/common';
import { AllocationViewController } from './allocations.controller';
import { BatchProjection } from './batch-projection';
import { BatchViewController } from './batches.controller';
import { BookViewController } from './book.controller';
import { LineProjection } from './line-projection';
import { StockQueries } from './stock.queries';

/** What can be looked at. */
@Module({
  controllers: [BatchViewController, AllocationViewController, BookViewController],
  providers: [StockQueries, LineProjection, BatchProjection],
})
export class ViewsModule {}
